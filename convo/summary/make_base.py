"""Makes ``base.docx``, the lean file that every summary starts from: ``python -m convo.summary.make_base``.

Home styles (``Home…``) hold every element that a language may need to change, so that ``word.py`` only
sets values and the schema's order stays as it is here.
"""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from convo.access.face import OWN_HEADING, OWN_TINT
from convo.summary.ooxml import DECLARATION, NAMESPACE, RELATIONSHIPS, SOFT, WIDTH, fonts

BASE = Path(__file__).with_name("base.docx")

_W = f'xmlns:w="{NAMESPACE}"'
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN = f"{_OFFICE}.wordprocessingml"
_INK = "22303A"
_LATIN = "Calibri"
_INDENT, _HANGING = 284, ' w:hanging="284"'
_LINE_TO_SIGN = f'<w:tabs><w:tab w:val="right" w:leader="underscore" w:pos="{WIDTH}"/></w:tabs>'


def base_bytes() -> bytes:
    """Return the base file; the same code always gives the same bytes."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, text in _parts().items():
            package.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, ZIP_DEFLATED)
    return out.getvalue()


def _parts() -> dict[str, str]:
    footer = f'{DECLARATION}<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr></w:p></w:ftr>'
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            ("officeDocument", "word/document.xml"),
            ("metadata/core-properties", "docProps/core.xml"),
            ("extended-properties", "docProps/app.xml"),
        ),
        "docProps/core.xml": f"{DECLARATION}<cp:coreProperties xmlns:cp="
        '"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
        "docProps/app.xml": f"{DECLARATION}<Properties xmlns="
        '"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>convo</Application></Properties>",
        "word/document.xml": f"{DECLARATION}<w:document {_W}><w:body><w:p/></w:body></w:document>",
        "word/_rels/document.xml.rels": _relationships(
            ("styles", "styles.xml"),
            ("settings", "settings.xml"),
            ("fontTable", "fontTable.xml"),
            ("theme", "theme/theme1.xml"),
            ("footer", "footer1.xml"),
            ("footer", "footer2.xml"),
            ("numbering", "numbering.xml"),
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": f"{DECLARATION}<w:fonts {_W}/>",
        "word/theme/theme1.xml": _theme(),
        "word/footer1.xml": footer,
        "word/footer2.xml": footer,
        "word/numbering.xml": _numbering(),
    }


def _content_types() -> str:
    overrides = {
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": f"{_OFFICE}.extended-properties+xml",
        "word/document.xml": f"{_MAIN}.document.main+xml",
        "word/styles.xml": f"{_MAIN}.styles+xml",
        "word/settings.xml": f"{_MAIN}.settings+xml",
        "word/fontTable.xml": f"{_MAIN}.fontTable+xml",
        "word/theme/theme1.xml": f"{_OFFICE}.theme+xml",
        "word/footer1.xml": f"{_MAIN}.footer+xml",
        "word/footer2.xml": f"{_MAIN}.footer+xml",
        "word/numbering.xml": f"{_MAIN}.numbering+xml",
    }
    made = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    return (
        f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{made}</Types>'
    )


def _relationships(*targets: tuple[str, str]) -> str:
    made = ""
    for number, (kind, target) in enumerate(targets, 1):
        root = RELATIONSHIPS
        if kind.startswith("metadata/"):
            root = "http://schemas.openxmlformats.org/package/2006/relationships"
        made += f'<Relationship Id="rId{number}" Type="{root}/{kind}" Target="{target}"/>'
    return (
        f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{made}</Relationships>"
    )


def _styles() -> str:
    size = '<w:sz w:val="24"/><w:szCs w:val="24"/>'
    text_spacing = '<w:spacing w:before="0" w:after="20" w:line="252" w:lineRule="auto"/>'
    return (
        f"{DECLARATION}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{fonts(_LATIN)}"
        f'<w:color w:val="{_INK}"/>{size}<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/>'
        f"</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>{text_spacing}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        "</w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        + _pair("Text", "Text", text_spacing, size=24, colour=_INK)
        + _pair("Heading1", "heading 1", _space(0, 20), size=38, colour=OWN_HEADING, bold=True, level=0)
        + _pair("Heading2", "heading 2", _space(80, 20), size=28, colour=OWN_HEADING, bold=True, level=1)
        + _pair("Heading3", "heading 3", _space(40, 20), size=26, colour=_INK, bold=True, level=2)
        + _pair(
            "CueHeading2",
            "Heading with picture",
            _space(60, 20),
            size=28,
            colour=OWN_HEADING,
            bold=True,
            level=1,
        )
        + _pair("Letterhead", "Letterhead", _space(0, 40), size=24, colour=SOFT)
        + _pair("Item", "Item", _space(40, 20), size=24, colour=_INK, list_item=True)
        + _pair("ItemMore", "Item more", text_spacing, size=24, colour=_INK, more=True)
        + _pair("ItemUnder", "Item in English", text_spacing, size=24, colour=_INK, more=True)
        + _pair("Beside", "Beside", _space(0, 60), size=24, colour=SOFT, keep=True)
        + _pair("Note", "Note", _space(40, 40), size=24, colour=_INK, fill=OWN_TINT)
        + _pair("Sign", "Sign", _space(480, 40), size=24, colour=_INK, tabs=_LINE_TO_SIGN, keep=True)
        + _pair("Footer", "footer", _space(30, 0), size=24, colour=SOFT)
        + _character("EnglishRun", "English run")
        + _character("HomeRun", "Home run")
        + "</w:styles>"
    )


def _space(before: int, after: int) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="252" w:lineRule="auto"/>'


def _pair(
    style: str,
    name: str,
    spacing: str,
    *,
    size: int,
    colour: str,
    bold: bool = False,
    level: int | None = None,
    keep: bool = False,
    fill: str = "",
    tabs: str = "",
    list_item: bool = False,
    more: bool = False,
) -> str:
    """Return the English style and its home twin; sizes in half points."""
    weight = '<w:b w:val="1"/><w:bCs w:val="1"/>' if bold else ""
    paragraph = "<w:keepNext/><w:keepLines/>" if level is not None or keep else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    outline = "" if level is None else f'<w:outlineLvl w:val="{level}"/>'
    number = '<w:numPr><w:numId w:val="1"/></w:numPr>' if list_item else ""
    indent = f'<w:ind w:left="{_INDENT}"{_HANGING if list_item else ""}/>' if list_item or more else ""
    look = f'{weight}<w:color w:val="{colour}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    built_in = name[0].islower()
    own = "" if built_in else ' w:customStyle="1"'
    english = (
        f'<w:style w:type="paragraph"{own} w:styleId="{style}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}{number}{shade}{tabs}{spacing}{indent}'
        f"{outline}</w:pPr>"
        f"<w:rPr>{fonts(_LATIN)}{look}</w:rPr></w:style>"
    )
    home = (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="Home{style}">'
        f'<w:name w:val="Home {name}"/><w:basedOn w:val="{style}"/><w:qFormat/>'
        f'<w:pPr>{paragraph}{number}{shade}{tabs}<w:bidi w:val="0"/>{spacing}{indent}{outline}</w:pPr>'
        f'<w:rPr>{fonts(_LATIN)}{look}<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr>'
        "</w:style>"
    )
    return english + home


def _character(style: str, name: str) -> str:
    return (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{style}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{fonts(_LATIN)}'
        '<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:style>'
    )


def _numbering() -> str:
    """Return word/numbering.xml: one bullet; its size and place come from the style of the paragraph."""
    return (
        f'{DECLARATION}<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
        '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{_INDENT}"{_HANGING}/></w:pPr><w:rPr>{fonts(_LATIN)}</w:rPr></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def _settings() -> str:
    compatibility = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in {
            "compatibilityMode": 15,
            "overrideTableStyleFontSizeAndJustification": 1,
            "enableOpenTypeFeatures": 1,
            "doNotFlipMirrorIndents": 1,
        }.items()
    )
    return (
        f'{DECLARATION}<w:settings {_W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        f'<w:characterSpacingControl w:val="doNotCompress"/><w:compat>{compatibility}</w:compat>'
        '<w:themeFontLang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def _theme() -> str:
    """Return the smallest theme that Word and the validator accept; no style refers to it."""
    colours = {
        "dk1": _INK, "lt1": "FFFFFF", "dk2": _INK, "lt2": "FBF8F3",
        "accent1": OWN_HEADING, "accent2": "7A2F63",
        "accent3": "1D4E89", "accent4": "8A4B00", "accent5": "1F6B3A", "accent6": "A4262C",
        "hlink": "1D4E89", "folHlink": "7A2F63",
    }  # fmt: skip
    scheme = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in colours.items())
    face = f'<a:latin typeface="{_LATIN}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>' * 3
    outline = f'<a:ln w="6350">{fill[: len(fill) // 3]}</a:ln>' * 3
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>" * 3
    return (
        f'{DECLARATION}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="convo">'
        f'<a:themeElements><a:clrScheme name="convo">{scheme}</a:clrScheme>'
        f'<a:fontScheme name="convo"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont>'
        f'</a:fontScheme><a:fmtScheme name="convo"><a:fillStyleLst>{fill}</a:fillStyleLst>'
        f"<a:lnStyleLst>{outline}</a:lnStyleLst><a:effectStyleLst>{effect}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


if __name__ == "__main__":
    BASE.write_bytes(base_bytes())
