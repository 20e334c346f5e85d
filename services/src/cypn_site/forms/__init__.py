"""Forms from declarations: what a kind declares becomes questions, and what is typed becomes JSON.

Pure functions: :func:`questions` reads a class, :func:`read` what a browser sends, and
:func:`inputs` is its inverse. Texts are in English; templates translate them.
"""

from cypn_site.forms.asked import Choice, Question, Widget, questions
from cypn_site.forms.errors import placed
from cypn_site.forms.reading import ABSENT, read
from cypn_site.forms.writing import Inputs, inputs

__all__ = [
    "ABSENT",
    "Choice",
    "Inputs",
    "Question",
    "Widget",
    "inputs",
    "placed",
    "questions",
    "read",
]
