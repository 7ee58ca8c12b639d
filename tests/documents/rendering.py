"""Word files through LibreOffice: one call for all of them, with fonts that stand in for those of Windows."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

# Fonts that Windows has, and Debian's that stand in for them here: LibreOffice ignores the font table.
STAND_INS = {
    "Calibri": ["Carlito", "Noto Sans"],
    "Arial": ["Noto Naskh Arabic", "Noto Sans"],
    "Urdu Typesetting": ["Noto Nastaliq Urdu", "Noto Sans"],
    "Nirmala UI": [
        "Noto Sans Bengali",
        "Noto Sans Gurmukhi",
        "Noto Sans Devanagari",
        "Noto Sans Gujarati",
        "Noto Sans Tamil",
        "Noto Sans Malayalam",
        "Noto Sans",
    ],
    "Ebrima": ["Noto Sans Ethiopic", "Noto Sans"],
    "Microsoft JhengHei": ["Noto Sans CJK TC"],
    "Microsoft YaHei": ["Noto Sans CJK SC"],
}
PATIENCE = 20  # seconds a file, at most


def to_pdf(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write the Word files by name into the folder and a PDF beside each; return the folder."""
    for name, docx in files.items():
        (folder / f"{name}.docx").write_bytes(docx)
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="same">'
        f"{''.join(f'<string>{one}</string>' for one in here)}</edit></match>"
        for name, here in STAND_INS.items()
    )
    (folder / "fonts.conf").write_text(
        f"<fontconfig><include>/etc/fonts/fonts.conf</include>{aliases}</fontconfig>", encoding="utf-8"
    )
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *(str(folder / f"{name}.docx") for name in files),
        ],
        check=True,
        capture_output=True,
        timeout=60 + PATIENCE * len(files),
        env={"FONTCONFIG_FILE": str(folder / "fonts.conf"), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )
    return folder


def told(*command: str | Path) -> str:
    """Return what a command says."""
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout


def to_png(pdf: Path, dots_an_inch: int) -> list[Path]:
    """Write a picture of each page beside the PDF; return them in order."""
    stem = pdf.with_suffix("")
    told("pdftoppm", "-r", str(dots_an_inch), "-png", pdf, stem)
    return sorted(pdf.parent.glob(f"{stem.name}-[0-9]*.png"))
