"""Linked data: an RDF Data Cube in Turtle, whole in one file, with its structure and the codes it uses."""

from openjustice.public.publish.format import Format
from openjustice.public.publish.formats.turtle.cube import find_reason
from openjustice.public.publish.formats.turtle.write import write

FORMAT = Format(
    name="turtle",
    title="RDF",
    media_type="text/turtle",
    suffix=".ttl",
    says="An RDF Data Cube: every number with its address, its codes and its marks, for linked data.",
    write=write,
    refuses=find_reason,
)
