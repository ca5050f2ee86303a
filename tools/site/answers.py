"""What the cards of a running notebook say to each answer. Runs in its kernel, after the last cell."""

from ipywidgets.widgets import widget

from convlab.checks import cards, cover

FAR = 987654.321  # near no answer of any question


def known():
    """Return all cards, and all covered results, with what each does to its widgets."""
    every = list(widget._instances.values())
    return {
        "cards": [card(one) for one in every if isinstance(one, cards.Card)],
        "covers": [covers(one) for one in every if isinstance(one, cover.Prediction)],
    }


def card(shown):
    """Return the widgets of a card, and its line of feedback for every answer that it tells from others."""
    question, twin = shown.question, cards.Card(shown.question)  # the twin is asked; the card stays as it is
    about = {"entry": shown.children[1].model_id, "line": shown.children[2].model_id}
    about["kind"] = question["kind"]

    def says(value=None):
        if value is not None:
            twin.answer(value)
        else:
            twin.check()
        return twin.children[2].value

    about["empty"] = says()
    if question["kind"] == "choice":
        return about | {"says": [[option, says(option)] for option in question["options"]]}
    values = [question["answer"], *(value for value, _ in cards.slips(question))]
    about |= {"within": question.get("within", 0), "says": [[float(value), says(value)] for value in values]}
    return about | {"other": says(FAR), "unread": says("abc")}


def covers(prediction):
    """Return how a covered result stands, covered and open: the states of the widgets that differ."""
    button, words = prediction.children[1].children
    parts = ((prediction, "children"), (button, "description"), (words, "value"))
    stands = []
    for prediction.opened in (False, True):
        stands.append({part.model_id: part.get_state([trait]) for part, trait in parts})
    prediction.opened = False
    entry = prediction.card.children[1].model_id
    return {"button": button.model_id, "entry": entry, "stands": stands}
