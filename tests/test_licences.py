"""What licences are called, and what each lets be served."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.licences import Part, may_serve, normalised, served, url_of

ALWAYS = (Part.METADATA, Part.ABSTRACT, Part.SUMMARY)
ALL = tuple(Part)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CC BY 4.0", "CC-BY-4.0"),
        ("cc-by", "CC-BY"),
        ("CC-BY-NC-ND 4.0", "CC-BY-NC-ND-4.0"),
        ("cc by-nd-nc 3.0", "CC-BY-NC-ND-3.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        (
            "Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International "
            "(CC BY-NC-SA 4.0)",
            "CC-BY-NC-SA-4.0",
        ),
        ("http://creativecommons.org/licenses/by-nc-sa/4.0/", "CC-BY-NC-SA-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/3.0/us/", "CC-BY-3.0-US"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("CC0 1.0", "CC0-1.0"),
        ("public-domain", "PDM-1.0"),
        (
            "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
            "arXiv-nonexclusive-distrib-1.0",
        ),
        ("MIT License", "MIT"),
        ("apache-2.0", "Apache-2.0"),
        ("  CC BY\n4.0. ", "CC-BY-4.0"),
        ("", ""),
        ("publisher-specific-oa", "publisher-specific-oa"),
        ("CC BY 4.0 for research only", "CC BY 4.0 for research only"),
        ("CC BY 4.0 (non-commercial use only)", "CC BY 4.0 (non-commercial use only)"),
        (
            "https://www.elsevier.com/tdm/userlicense/1.0/",
            "https://www.elsevier.com/tdm/userlicense/1.0/",
        ),
        ("https://evil.example/licenses/by/4.0/", "https://evil.example/licenses/by/4.0/"),
    ],
)
def test_a_licence_has_one_name(text: str, name: str) -> None:
    assert normalised(text) == name
    assert normalised(name) == name


@pytest.mark.parametrize(
    ("licence", "url"),
    [
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC-BY-NC-SA-3.0", "https://creativecommons.org/licenses/by-nc-sa/3.0/"),
        ("CC-BY-3.0-US", "https://creativecommons.org/licenses/by/3.0/us/"),
        ("CC-BY", ""),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://example.org/terms", "https://example.org/terms"),
        ("javascript:alert(1)", ""),
        ("ask the authors", ""),
    ],
)
def test_where_the_terms_are_told(licence: str, url: str) -> None:
    assert url_of(licence) == url


@pytest.mark.parametrize(
    ("licence", "parts"),
    [
        ("", ALWAYS),
        ("all rights reserved", ALWAYS),
        ("arXiv-nonexclusive-distrib-1.0", ALWAYS),
        ("CC-BY-NC-4.0", ALWAYS),
        ("CC-BY-NC-ND-4.0", ALWAYS),
        ("CC-BY-ND-4.0", (*ALWAYS, Part.COPY)),
        ("CC-BY-4.0", ALL),
        ("CC BY 4.0", ALL),
        ("https://creativecommons.org/licenses/by-sa/4.0/", ALL),
        ("CC0-1.0", ALL),
        ("CC BY 4.0 (non-commercial use only)", ALWAYS),
        ("https://www.elsevier.com/tdm/userlicense/1.0/", ALWAYS),
    ],
)
def test_what_may_be_served(licence: str, parts: tuple[Part, ...]) -> None:
    assert served(licence) == parts
    assert [may_serve(licence, part) for part in Part] == [part in parts for part in Part]


@given(st.text(max_size=60))
def test_any_text_has_a_name_that_stays(text: str) -> None:
    name = normalised(text)
    assert normalised(name) == name
