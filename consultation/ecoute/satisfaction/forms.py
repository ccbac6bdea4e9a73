"""The questionnaire. Questions compared with the State's keep its words; the rest is ours, as plain as can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms

from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from consultation.ecoute.contributions.services import PAPIER_APRES
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.satisfaction.models import SAISIES, Demarche, Intention, Source
from socle.composants.forms import Cases, Radios

NON = "non"
AIDES = (
    (NON, "Non, je n'en ai pas eu besoin"),
    ("telephone", "Oui, j'ai appelé la mairie"),
    ("guichet", "Oui, je suis allé au guichet"),
    ("ecrit", "Oui, j'ai écrit à la mairie (e-mail ou lettre)"),
    ("ailleurs", "Oui, ailleurs : un proche, une association, un espace numérique"),
)
BIEN = ((Intention.GOOD, "Bien"), (Intention.MEDIUM, "Moyennement"), (Intention.BAD, "Mal"))
CLAIR = (
    (Intention.VERY_GOOD, "Très claires"),
    (Intention.GOOD, "Claires"),
    (Intention.MEDIUM, "Moyennement claires"),
    (Intention.BAD, "Peu claires"),
    (Intention.VERY_BAD, "Pas claires du tout"),
    (Intention.NEUTRAL, "Je ne sais pas"),
)
JOINT = ((Intention.GOOD, "Oui"), (Intention.BAD, "Non"))
AIDE = (
    (Intention.VERY_GOOD, "Très bonne"),
    (Intention.GOOD, "Bonne"),
    (Intention.MEDIUM, "Moyenne"),
    (Intention.BAD, "Mauvaise"),
    (Intention.VERY_BAD, "Très mauvaise"),
    (Intention.NEUTRAL, "Je ne sais pas"),
)


@dataclass(frozen=True)
class Question:
    """A closed question: its code, its words, its answers from best to worst."""

    code: str
    texte: str
    choix: tuple[tuple[str, str], ...]


SATISFACTION = Question("satisfaction", "Comment s'est passée cette démarche pour vous ?", BIEN)
QUESTIONS = (
    SATISFACTION,
    Question("comprehension", "Qu'avez-vous pensé des informations et des instructions fournies ?", CLAIR),
    Question("contact_tried", "Avez-vous cherché de l'aide pendant cette démarche ?", AIDES),
    Question("contact_reached", "Avez-vous réussi à joindre la mairie ?", JOINT),
    Question("contact_satisfaction", "Comment était l'aide de la mairie ?", AIDE),
)
TEXTES = {question.code: question.texte for question in QUESTIONS}


@dataclass(frozen=True)
class Dit:
    """What somebody answered."""

    satisfaction: str
    comprehension: str = ""
    contact_tried: tuple[str, ...] = field(default=())
    contact_reached: str = ""
    contact_satisfaction: str = ""
    verbatim: str = ""


def _radios(question: Question, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=question.texte, choices=question.choix, widget=Radios, **options)


class QuestionnaireForm(Formulaire):
    """One answer is enough; the rest is free."""

    satisfaction = _radios(
        SATISFACTION, error_messages={"required": "Dites comment s'est passée cette démarche : bien, moyennement, mal."}
    )
    comprehension = _radios(QUESTIONS[1], required=False)
    contact_tried = forms.MultipleChoiceField(
        label=TEXTES["contact_tried"], choices=AIDES, widget=Cases, required=False,
        help_text="Plusieurs réponses possibles.",
    )  # fmt: skip
    contact_reached = _radios(QUESTIONS[3], required=False)
    contact_satisfaction = _radios(QUESTIONS[4], required=False)
    verbatim = forms.CharField(
        label="Que voulez-vous nous dire ?", required=False, max_length=3_000,
        widget=forms.Textarea({"rows": 5}),
        help_text="Ce qui a été facile, ce qui a bloqué, ce qui manquait. N'écrivez ni nom ni numéro de demande.",
        error_messages={"max_length": "Votre texte dépasse 3 000 caractères : raccourcissez-le."},
    )  # fmt: skip

    def dit(self) -> Dit:
        """As the service takes it: what follows « non » is dropped, boxes may contradict each other."""
        lu = self.cleaned_data
        aides = tuple(code for code, _ in AIDES if code in lu["contact_tried"])
        oui = tuple(code for code in aides if code != NON)
        return Dit(
            satisfaction=lu["satisfaction"], comprehension=lu["comprehension"], contact_tried=oui or aides,
            contact_reached=lu["contact_reached"] if oui else "",
            contact_satisfaction=lu["contact_satisfaction"] if oui else "", verbatim=lu["verbatim"].strip(),
        )  # fmt: skip


class QuestionnairePublicForm(QuestionnaireForm):
    """With a trap for robots, hidden from people."""

    site = forms.CharField(label="Ne remplissez pas cette case", required=False, max_length=200,
                           widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}))  # fmt: skip


class QuestionnaireSaisiForm(QuestionnaireForm):
    """The same, read from paper or heard by somebody of the team."""

    source = forms.ChoiceField(
        label="D'où vient cette réponse ?", widget=Radios, choices=[(s.value, s.label) for s in SAISIES],
        initial=Source.PAPIER.value,
    )  # fmt: skip
    field_order = ("source",)


class DemarcheForm(ModeleForm):
    """A procedure typed by a team that has no portal."""

    class Meta:
        model = Demarche
        fields = ("titre", "service", "ouverte")


class EcarterForm(Formulaire):
    """Why an answer does not count."""

    motif = forms.CharField(label="Pourquoi écarter cette réponse ?", max_length=300,
                            help_text="Par exemple : publicité ; injure ; envoi répété.")  # fmt: skip


class ReprendreForm(Formulaire):
    """Which dossier takes the texts."""

    dossier = forms.ModelChoiceField(
        label="Dans quel dossier ?", queryset=Dossier.objects.none(), empty_label=None, widget=Radios,
        error_messages={"required": "Choisissez un dossier."},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dossier"].queryset = Dossier.objects.filter(  # type: ignore[attr-defined]
            etat__in=[etat.value for etat in PAPIER_APRES]
        )
