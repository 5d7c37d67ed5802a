"""From the library into a block: the same file may be shown in many lessons."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from blueprints.courses.blocks import TAKES, back, load_block, put_file
from blueprints.courses.pages import Answer
from blueprints.me import me, sent_id
from blueprints.media import media
from blueprints.media.listing import asked, page_number, wanted
from core.access import roles
from core.errors import NotFound
from tenants.courses import queries as courses
from tenants.media import queries


@media.get("/courses/<uuid:course_id>/blocks/<uuid:block_id>/library")
@roles("author", "manager", "owner")
def choose(course_id: UUID, block_id: UUID) -> str:
    """Show the files of the library that the block can show."""
    course = courses.course_to_edit(me(), course_id)
    block = courses.block_of(course, block_id)
    asks = wanted(kind_of(block.kind))
    found = queries.files_page(me(), asks, page_number())
    return render_template("media/choose.html", course=course, block=block, asks=asks, asked=asked, found=found)


def kind_of(block_kind: str) -> str:
    """Return which kind of file such a block shows. Raises NotFound for blocks without files."""
    if block_kind not in TAKES:
        raise NotFound("shows no file")
    return TAKES[block_kind]


@media.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/library")
@roles("author", "manager", "owner")
def insert(course_id: UUID, block_id: UUID) -> Answer:
    """Put a file of the library into the block."""
    _course, block = load_block(course_id, block_id)
    file = queries.file_of(me(), sent_id("file"), lock=True)
    if file.kind != kind_of(block.kind):
        raise NotFound("not of this kind")
    put_file(block, file)
    return back(block)
