"""Account, hub and Binder stand in one place; every link follows."""
import re

import pytest

from tools import links

TO = {"account": "my-school", "hub": "hub.my-school.edu:8443", "binder": "binder.my-school.edu"}


def everything():
    return "\n".join(path.read_text(encoding="utf-8") for path in links.texts())


def test_every_link_leads_where_pyproject_says():
    text = everything()
    assert links.pointed(text, links.links()) == text


def test_all_of_them_follow():
    text = links.pointed(everything(), TO)
    assert "https://binder.my-school.edu/v2/gh/my-school/convlab/HEAD" in text
    assert "https://hub.my-school.edu:8443/hub/user-redirect/git-pull?repo=https%3A%2F%2F" in text
    assert "github.com%2Fmy-school%2Fconvlab&" in text
    assert "pip install git+https://github.com/my-school/convlab" in text
    assert "badge_logo.svg" in text
    assert not re.search(r"\bORG\b|//HUB\b|mybinder\.org/", re.sub(r"make links[^`\n]*", "", text))


def test_they_lead_back_again():
    text = everything()
    assert links.pointed(links.pointed(text, TO), links.links()) == text


@pytest.mark.parametrize("word", ["account=my school", "account=a/b", "hub=x y", "color=red", "account=-a"])
def test_what_is_no_address_is_said(word):
    with pytest.raises(SystemExit, match="is no address. Give them as: make links"):
        links.given([word])


def test_an_address_may_come_as_it_is_copied():
    assert links.given(["hub=https://hub.school.edu/", "account=", "binder="]) == {"hub": "hub.school.edu"}
