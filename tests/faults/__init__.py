"""The fault campaign: a whole hour typed on a tablet while something goes wrong, again and again.

``python -m tests.faults --runs 200`` runs it by hand, ``--runs 1 --seed S`` repeats one run. A run is
``run.py``: a real ``convo serve`` (``school.py``), a teacher's hands (``teacher.py``) on the script
(``hour.py``), a model of what they typed (``typed.py``), one or two faults (``kinds.py``), and afterwards
what the school holds (``compare.py``). In the hour the family taps on the turned tablet, and at its end the
meeting is closed, at times while something goes wrong again.
"""
