"""Prediction cards, coding exercises, and what to say to an answer."""

from convlab.checks.cards import TOPICS, Card, card, questions, self_check, slips
from convlab.checks.cover import Prediction, predict
from convlab.checks.expressions import numbers
from convlab.checks.feedback import exercise
from convlab.checks.practice import Practice, practice, subjects
from convlab.checks.progress import missed, progress
