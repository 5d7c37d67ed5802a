"""Sentences of the bank: names of kinds, and what the reports of imports and exports say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blueprints.bank import bank
from blueprints.courses.editor import question_kinds
from blueprints.courses.words import problem_words
from tenants.bank.formats.question import LEFT, Unreadable
from tenants.courses.rules import Problem

# What changed in a question, or which part of it is left out.
REMARKS = {
    "answer_feedback": _l("Right answers had feedback of their own. It is said for every right answer now."),
    "arrow": _l("An arrow of two signs became one sign, for the format reads it as a match."),
    "attachments": _l("Files could be handed in with the answer. The question asks for text only now."),
    "blank_line": _l("An empty line in the question is left out."),
    "broken_signs": _l("The file has signs that cannot be read. They show as a question mark in a diamond: look them over."),
    "case": _l("Capitals matter in this question, but not in the file."),
    "category": _l("The category became a tag: %(name)s"),
    "column": _l("We do not know this column: %(column)s"),
    "cut": _l("A text was too long and is cut off."),
    "date_cell": _l("The spreadsheet made a day or a time of a cell. Look whether that was meant."),
    "empty_answers": _l("Answers without text are left out: %(number)s"),
    "feedback": _l("Feedback for right and not yet right answers is left out: the format has no place for it here."),
    "feedback_moved": _l("Feedback of the question moved to its answers."),
    "file_as_open": _l("A question that asks for a file becomes a question that asks for text."),
    "file_most": _l("The file allows any number of files, for Moodle knows 1, 2, 3 or any."),
    "files": _l("Files that stand in the question are left out. Add them to the lesson yourself."),
    "fixed_order": _l("Its answers had a fixed order. A test here may shuffle them."),
    "formatting": _l("Bold, italics, headings or the like are left out. The words stay."),
    "formula": _l("A formula is kept as it was written. It is not drawn."),
    "gap_feedback": _l("Feedback per gap is left out."),
    "gap_tolerance": _l("A number in a gap has no margin any more."),
    "gap_weights": _l("Some gaps counted for more than others. Now all count the same."),
    "general_feedback": _l("General feedback is said after right and after not yet right answers."),
    "grade": _l("It was worth %(name)s points. Here a test gives the points."),
    "grader_info": _l("Notes for the one who marks are left out."),
    "hidden": _l("It was hidden where it comes from. Here it can be used."),
    "hint": _l("The hint is left out: the format has no place for it."),
    "hints_joined": _l("Hints became one hint: %(number)s"),
    "id_number": _l("Its ID number is left out."),
    "image": _l("Images are left out: %(number)s. A text that describes one is kept."),
    "many_answers": _l("There were more answers than the %(most)s that fit. Left out: %(number)s"),
    "media": _l("Sound, film or something embedded is left out."),
    "minus_points": _l("An answer that took points away takes none now."),
    "mixed_case": _l("In some gaps capitals mattered. Now they matter in none."),
    "pair_feedback": _l("Feedback for one pair is left out."),
    "pair_of_image": _l("A pair whose first half is only an image is left out."),
    "pair_without_arrow": _l("A pair without its second half is left out."),
    "partial_answers": _l("An answer that gave part of the points counts as not right."),
    "partly_feedback": _l("Feedback for partly right answers is left out."),
    "penalty": _l("Points off for another try are left out."),
    "prompt_from_name": _l("The text had no question above it, so the name became the question."),
    "same_items": _l("Lines that stood there twice are left out: %(number)s"),
    "same_pairs": _l("Pairs that were the same or incomplete are left out: %(number)s"),
    "script": _l("Scripts or hidden commands are left out."),
    "same_column": _l("This column stands there twice. The first one counts: %(column)s"),
    "second_braces": _l("A second pair of braces stayed in the text as it was written."),
    "several_numbers": _l("More than one number was right. Only the first is. Left out: %(number)s"),
    "several_right": _l("More than one answer was right, each enough by itself. Now all are needed: %(number)s"),
    "sheet": _l("Only one sheet of a workbook is read. Left out: %(name)s"),
    "spare_cells": _l("Cells in columns without a name are left out: %(number)s"),
    "stray_text": _l("Text before the first answer is left out."),
    "strict": _l("Some right answers gave some of the points. Now all right answers are needed."),
    "strict_out": _l("The question gives all points or none; Moodle will give some for some right answers."),
    "table": _l("A table became lines of text."),
    "tail": _l("Loose signs after the answers are left out."),
    "template": _l("The text that stood in the answer from the start is left out."),
    "typos": _l("Typing mistakes are borne in this question, but not in the file."),
    "unit": _l("The unit is left out: the format has no place for it."),
    "unit_points": _l("Points for the right unit are left out."),
    "units": _l("More units counted. One is kept. Left out: %(number)s"),
    "weights": _l("Answers had shares of their own. Each right answer gives the same now, each other one takes as much away."),
    "wildcard": _l("A star that stood for any letters is left out. Look at the right answers."),
    "windows_1252": _l("The file is not in UTF-8. It was read as Windows-1252: look at letters with accents."),
    "word_limit": _l("The lowest or highest number of words is left out."),
    "wrong_answers": _l("Feedback for one particular wrong answer is left out."),
}
# Why a whole question, or a piece of the file, does not come over.
REASONS = {
    "answer_without_question": _l("There is no question above this line."),
    "category_info": _l("The description of a category is left out."),
    "cloze_in_gift": _l("This kind of text with gaps is no part of GIFT. Export it as Moodle XML."),
    "column": REMARKS["column"],
    "description": _l("It has no answers: it is a text to read. Put it in a lesson."),
    "few_answers": _l("It has fewer than two answers."),
    "few_items": _l("It has fewer than two lines to put in order."),
    "few_pairs": _l("It has fewer than two pairs."),
    "gap_signs": _l("Its text has braces, which the format keeps for gaps."),
    "kind": _l("We do not have this kind of question: %(kind)s"),
    "kind_out": _l("The format has no such kind of question."),
    "many_answers": _l("It has more answers than the %(most)s that fit."),
    "many_gaps": _l("It has more than %(most)s gaps."),
    "many_pairs": _l("It has more than %(most)s rows."),
    "no_answer_line": _l("It has no line that begins with ANSWER:"),
    "no_answers": _l("Its answers cannot be read."),
    "no_closing_brace": _l("Its answers have no closing brace."),
    "no_gaps": _l("Its text has no gaps, or a gap without an answer."),
    "no_number": _l("Its right answer is not a number that we can read."),
    "no_prompt": _l("It has no question text. Perhaps it was only an image."),
    "no_right": _l("It does not say which answer is right."),
    "same_column": REMARKS["same_column"],
    "sheet": REMARKS["sheet"],
    "too_long": _l("It is longer than a question may be."),
    "too_nested": _l("Its HTML is nested too deeply."),
    "unfinished": _l("It is not finished yet, so it cannot be asked."),
}
# Why a file cannot be read at all.
REFUSALS = {
    "broken_csv": _l("This CSV file breaks off near line %(line)s. Look for a quote that is not closed."),
    "broken_sheet": _l("This workbook cannot be opened. Save it again as XLSX."),
    "broken_xml": _l("This XML file breaks off near line %(line)s. Export it again and choose the new file."),
    "empty": _l("This file is empty. Choose a file with questions."),
    "entities": _l("This XML file declares entities or a document type, which are not read for safety. Remove its DOCTYPE."),
    "no_head": _l("The first row has to name the columns, one of them “question”. Begin with the template."),
    "not_moodle": _l("This XML file is not from Moodle: it does not begin with a quiz."),
    "not_understood": _l("We could not read this file. Save it again, or export it anew, and choose the new file."),
    "not_text": _l("This file is not text. Choose a file in one of the formats below."),
    "nothing_found": _l("This file holds no questions that we recognise. Choose its format yourself, or another file."),
    "too_large": _l("This file is too large. It may be %(most)s MB at most, unpacked too. Split it."),
    "too_many": _l("This file has more than %(most)s questions. Split it."),
    "too_nested": _l("This XML file is nested too deeply to be a list of questions."),
}


def said(sentence: object, facts: Mapping[str, Any]) -> str:
    """Return the sentence with its facts."""
    return str(sentence) % facts if facts else str(sentence)


def refusal_words(why: Unreadable) -> str:
    """Return why a file cannot be read, and what to do."""
    return said(REFUSALS[why.code], why.facts)


@bank.app_template_global()
def import_refusal(why: Mapping[str, Any]) -> str:
    """Return why the background could not read a file, and what to do."""
    return said(REFUSALS[why["code"]], why["facts"])


@bank.app_template_global()
def remark_words(code: str, facts: Mapping[str, Any]) -> str:
    """Return what changed in a question, or which part of it is left out."""
    return said(REMARKS[code], facts)


@bank.app_template_global()
def left_words(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a question does not come over."""
    return said(REASONS[code], facts)


@bank.app_template_global()
def line_words(code: str, facts: Mapping[str, Any], what: str, whole_question: bool) -> str:
    """Return the sentence of one line of a report; `whole_question` when it did not come over at all."""
    return left_words(code, facts) if whole_question and what == LEFT else remark_words(code, facts)


@bank.app_template_global()
def bank_kinds() -> dict[str, str]:
    """Return the kinds of questions with their names."""
    return {**dict(question_kinds()), "file": _("Hand in a file")}


@bank.app_template_global()
def bank_problem_words(kind: str) -> str:
    """Return what has to be mended before the question can be asked, in the words of the editor."""
    return problem_words(Problem(kind, "", ""))


# The columns of a sheet, under their own names in every language.
COLUMNS = (
    ("kind", _l("What is asked: single, multiple, truefalse, short, number, matching, ordering, gaps, open or file. "
                "Leave it empty and we find out.")),
    ("question", _l("The question. Every row needs one.")),
    ("answer 1 – answer 12", _l("Answers to choose from; words that count as right; lines in the right order; or pairs, "
                                "as in rye = dark.")),
    ("right", _l("Which answers are right, such as 1 or 1, 3; true or false; or the right number.")),
    ("margin, unit", _l("Of a number.")),
    ("text with gaps", _l("With each gap between double brackets, as in the editor.")),
    ("feedback right, feedback again, feedback 1 – feedback 12",
     _l("What is said when the answer is right, not yet right, or when one answer is chosen.")),
    ("title, hint, tags", _l("As in the bank; tags with commas between them.")),
)  # fmt: skip


@bank.app_template_global()
def sheet_columns() -> tuple[tuple[str, object], ...]:
    """Return the columns of a sheet with what they hold."""
    return COLUMNS
