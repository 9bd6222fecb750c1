"""Describes a release to search engines and to machine learning: schema.org Dataset markup, which is Croissant 1.0 as well."""

from __future__ import annotations

from typing import Any

from openjustice.public.publish import catalog, citation
from openjustice.public.publish.content import Column, Dataframe
from openjustice.public.publish.identifiers import identifiers_of
from openjustice.public.publish.published import PublishedRelease

# The context that the Croissant specification gives; a reader compares it word for word.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    "BIGINT": "sc:Integer",
    "INTEGER": "sc:Integer",
    "DOUBLE": "sc:Float",
    "BOOLEAN": "sc:Boolean",
    "DATE": "sc:Date",
}


def schema_org(release: PublishedRelease) -> dict[str, Any]:
    """Return the schema.org markup of a dataset's page: what a search engine for datasets reads."""
    content = release.content
    made = _head(release) | {
        "@context": "https://schema.org/",
        "@id": identifiers_of(content.jurisdiction).dataset(content.dataset),
        "@type": "Dataset",
        "isAccessibleForFree": True,
        "keywords": list(content.contract.keywords or (content.dataset,)),
        "spatialCoverage": {"@type": "Place", "name": content.jurisdiction.title},
        "includedInDataCatalog": {"@type": "DataCatalog", "url": content.jurisdiction.base_address},
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": item.indicator.title,
                "description": item.indicator.says,
                "unitText": item.indicator.unit,
            }
            for item in content.indicators.values()
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.title,
                "contentUrl": catalog.data_address(content) + file.name,
                "encodingFormat": file.media_type,
                "contentSize": f"{file.bytes} B",
                "sha256": file.sha256,
            }
            for file in release.files
            if file.format == "csv"
        ],
    }
    if covered := catalog.span(content):
        made["temporalCoverage"] = f"{covered['startDate']}/{covered['endDate']}"
    return made


def croissant(release: PublishedRelease) -> dict[str, Any]:
    """Return the Croissant 1.0 description of a release: its CSV files, and each as a set of records with typed fields."""
    content = release.content
    files = [(frame, file) for frame in content.frames if (file := release.file_in(frame.id, "csv"))]
    language = content.jurisdiction.language.partition("-")[0]
    return (
        {"@context": _CONTEXT | {"@language": language}}
        | _head(release)
        | {
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "citeAs": citation.as_text(content),
            "distribution": [
                {
                    "@type": "cr:FileObject",
                    "@id": file.name,
                    "name": file.name,
                    "description": frame.title,
                    "contentUrl": catalog.data_address(content) + file.name,
                    "contentSize": f"{file.bytes} B",
                    "encodingFormat": file.media_type,
                    "sha256": file.sha256,
                }
                for frame, file in files
            ],
            "recordSet": [_record_set(frame, file.name) for frame, file in files],
        }
    )


def _head(release: PublishedRelease) -> dict[str, Any]:
    content = release.content
    publisher = content.jurisdiction.publisher
    organization = {"@type": "Organization", "name": publisher.name, "url": publisher.homepage}
    return {
        "name": f"{content.contract.title}, {content.jurisdiction.title}",
        "description": content.contract.says,
        "url": citation.landing_page(content),
        "license": content.jurisdiction.license.url,
        "version": release.version,
        "datePublished": content.manifest.sealed_at[:10],
        "creator": organization,
        "publisher": organization,
    }


def _record_set(frame: Dataframe, file: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": frame.id,
        "name": frame.id,
        "description": frame.title,
        "field": [_field(frame, column, file) for column in frame.columns],
    }


def _field(frame: Dataframe, column: Column, file: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{frame.id}/{column.name}",
        "name": column.name,
        "description": column.says or column.title,
        "dataType": _TYPES.get(column.type, "sc:Text"),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
