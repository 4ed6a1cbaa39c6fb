"""The desk: where curators pick an edition's papers, order them, say why, and let it come out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk, Edition, EditionKind, Pick, Section
from broadsheet.editions import (
    Issue,
    Origin,
    Span,
    Suggestion,
    correct,
    matching,
    open_day,
    read_label,
    release,
    revise,
    schedule,
    span_of,
    suggested,
    window,
)
from broadsheet.errors import ForbiddenError, InputError, NotFoundError
from broadsheet.faces.answers import found_paper, service_of
from broadsheet.faces.bodies import key_in
from broadsheet.faces.guard import present
from broadsheet.faces.sections import edition_path, section_of
from broadsheet.faces.web import editions, views
from broadsheet.faces.web.desk_form import MINUTES, merged, moment_in, rearranged, written
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import known
from broadsheet.people import Reader, Role
from broadsheet.service import Service
from broadsheet.text import plain

PATH = "/desk"
SUGGESTED = 30
_TOLD = {
    "saved": "Saved.",
    "discarded": "The draft was thrown away.",
    "empty": "There was no draft.",
    "out": "The edition is out.",
    "scheduled": "The edition is scheduled.",
    "draft": "The edition is a draft again.",
    "changed": "The edition was changed; readers see how and why.",
    "unchanged": "Nothing changed.",
}
"""What a button did, by the word for it in an address: of a link from elsewhere nothing else."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is being worked on: an edition of a section, begun or not, and who works on it."""

    section: Section
    span: Span
    edition: Edition | None
    curator: Reader

    @property
    def address(self) -> str:
        """The page of the desk for it."""
        asked = {"section": self.section.name, "kind": self.span.kind, "label": self.span.label}
        return f"{PATH}?{urlencode({name: value for name, value in asked.items() if value})}"

    @property
    def is_published(self) -> bool:
        """Whether readers see it, so that every change needs a reason."""
        return self.edition is not None and self.edition.is_published


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate as the desk shows it."""

    key: int
    paper: views.PaperView
    came: str
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    alike: tuple[str, ...]


def _desk(request: Request) -> Response:
    service = service_of(request)
    given = request.query_params
    with service.catalogue.reading() as desk:
        sheet = _sheet(request, desk, given.get("section", ""), given)
    offers = _suggestions(service, sheet)
    with service.catalogue.reading() as desk:
        picks = desk.editions.picks(sheet.edition.key) if sheet.edition else []
        chosen = {pick.paper_key for pick in picks}
        at, zone = sheet.section.cutoff_in_zone
        closes = window(sheet.span, at, zone)[1].astimezone(zone)
        edition = sheet.edition
        due = edition.scheduled.astimezone(zone) if edition and edition.scheduled else None
        has_days = sheet.span.kind is not EditionKind.SPECIAL
        values = {
            "sheet": sheet,
            "title": editions.spelt_span(sheet.span),
            "picks": editions.story_views(desk, tuple(picks)),
            "keys": [pick.paper_key for pick in picks],
            "flags": _flags(desk, chosen),
            "offers": _offers(desk, [one for one in offers if one.paper_key not in chosen]),
            "waiting": desk.editions.unpublished(sheet.section.name),
            "sections": _curated(desk, sheet.curator),
            "changes": desk.editions.changes(edition.key) if edition else [],
            "closes": closes,
            "is_past": closes <= present() and has_days,
            "when": (due or (closes if has_days else present().astimezone(zone))).strftime(MINUTES),
            "due": due,
            **_around(sheet),
            "public": edition_path(sheet.section.name, sheet.span.kind, sheet.span.label),
            "saved": _TOLD.get(given.get("done", "")),
        }
    return page(request, "desk.html", values)


_PERIODS = (EditionKind.DAY, EditionKind.WEEK, EditionKind.MONTH)


def _around(sheet: Sheet) -> dict[str, object]:
    """The desks of the editions before and after, and of the other periods of its first day."""
    span = sheet.span
    if span.kind is EditionKind.SPECIAL:
        return {"around": [], "before": None, "after": None}
    day = timedelta(days=1)
    return {
        "around": [
            _place(sheet, span_of(kind, span.first)) for kind in _PERIODS if kind is not span.kind
        ],
        "before": _place(sheet, span_of(span.kind, span.first - day)),
        "after": _place(sheet, span_of(span.kind, span.last + day)),
    }


def _place(sheet: Sheet, span: Span) -> editions.Place:
    given = {"section": sheet.section.name, "kind": span.kind, "label": span.label}
    path = f"{PATH}?{urlencode(given)}"
    return editions.Place(editions.spelt_span(span), path, short=editions.short_span(span))


def _take(request: Request, form: Form) -> Response:
    """One form for all: every button takes in what was written, and then does its own part."""
    service, now = service_of(request), present()
    action, _, what = first(form, "do").partition(":")
    given = {name: first(form, name) for name in ("kind", "label")}
    with service.catalogue.reading() as desk:
        sheet = _sheet(request, desk, first(form, "section"), given)
    added = _added(service, sheet, action, what, first(form, "add"))
    with service.catalogue.writing() as desk:
        sheet = _sheet(request, desk, first(form, "section"), given)
        told = _done(desk, sheet, form, action, what, added, now)
    return onward(f"{sheet.address}&{urlencode({'done': told})}")


def _done(
    desk: Desk, sheet: Sheet, form: Form, action: str, what: str, added: Pick | None, now: datetime
) -> str:
    """Do what a button asks for, all in one transaction; the word for what was done."""
    if action == "discard":
        if sheet.edition is not None and desk.editions.remove(sheet.edition.key):
            return "discarded"
        return "empty"
    edition = sheet.edition or desk.editions.begin(
        sheet.section.name,
        sheet.span.kind,
        sheet.span.label,
        window(sheet.span, *sheet.section.cutoff_in_zone),
    )
    picks = rearranged(written(form, desk.editions.picks(edition.key)), action, what, added)
    if edition.is_published:
        return _corrected(desk, sheet, edition, picks, first(form, "why"), now)
    revise(
        desk,
        edition,
        picks,
        title=merged(form, "title", edition.title),
        note=merged(form, "note", edition.note),
        made_by=_makers(edition.made_by, sheet.curator.shown_name),
    )
    return _stated(desk, sheet, edition, action, first(form, "when"), now)


def _stated(
    desk: Desk, sheet: Sheet, edition: Edition, action: str, when: str, now: datetime
) -> str:
    """Publish or schedule an edition, if that is what a button asks for."""
    match action:
        case "publish":
            if release(desk, edition, now):
                _note(desk, sheet, "publish edition", "", now)
            return "out"
        case "schedule":
            schedule(desk, edition, moment_in(when, sheet.section), now)
            return "scheduled"
        case "unschedule":
            desk.editions.schedule(edition.key, None)
            return "draft"
    return "saved"


def _corrected(
    desk: Desk, sheet: Sheet, edition: Edition, picks: list[Pick], why: str, now: datetime
) -> str:
    keys = [*(pick.paper_key for pick in picks)]
    keys += [pick.paper_key for pick in desk.editions.picks(edition.key)]
    titles = {key: plain(paper.title) for key, paper in desk.papers.by_keys(keys).items()}
    name = sheet.curator.shown_name
    changed = correct(desk, edition, picks, titles, actor=name, why=why, now=now)
    if changed:
        _note(desk, sheet, "correct edition", why, now)
    return "changed" if changed else "unchanged"


def _note(desk: Desk, sheet: Sheet, action: str, why: str, now: datetime) -> None:
    """Write into the log of deeds what was done to what readers see."""
    subject = f"edition:{edition_path(sheet.section.name, sheet.span.kind, sheet.span.label)}"
    desk.moderation.note(sheet.curator.name, action, subject, why, now)


def _added(service: Service, sheet: Sheet, action: str, what: str, name: str) -> Pick | None:
    """The paper that is to be added, by its key or by an id, with the reasons for it if any."""
    if action == "add":
        found = found_paper(service, name)
        if found is None:
            raise NotFoundError(f"There is no paper {name!r} here.", hint="Submit or import it.")
        key = found[0]
    elif action == "pick" and (named := key_in(what)) is not None:
        key = named
    else:
        return None
    with service.catalogue.reading() as desk:
        if key not in desk.papers.by_keys([key]):
            raise NotFoundError("That paper is not here any more.")
    offered = {one.paper_key: one for one in _suggestions(service, sheet)}
    reasons = offered[key].reasons if key in offered else ()
    score = offered[key].score if key in offered else None
    by = sheet.curator.name
    return Pick(paper_key=key, place=0, reasons=reasons, score=score, picked_by=by)


def _preview(request: Request) -> Response:
    """The page of a draft as readers will see it."""
    service = service_of(request)
    given = request.query_params
    with service.catalogue.reading() as desk:
        sheet = _sheet(request, desk, given.get("section", ""), given)
        picks = tuple(desk.editions.picks(sheet.edition.key)) if sheet.edition else ()
        issue = Issue(sheet.section.name, sheet.span, Origin.PUBLISHED, picks, sheet.edition)
        values = editions.issue_values(desk, sheet.section, issue)
    return page(request, "edition.html", {**values, "is_preview": True})


def _sheet(request: Request, desk: Desk, name: str, given: Mapping[str, str]) -> Sheet:
    """What is worked on; SignInError or ForbiddenError for somebody who may not."""
    asker = known(request)
    section = section_of(service_of(request), desk, name)
    curated = desk.sections.curated_by(asker.reader.key)
    if not asker.may(Role.CURATOR):
        if not name and curated:
            section = next(one for one in desk.sections.all() if one.key in curated)
        if section.key not in curated or asker.reader.suspended is not None:
            raise ForbiddenError("The desk is for curators.", hint="An admin says who is one.")
    span = _span(section, given)
    edition = desk.editions.get(section.name, span.kind, span.label)
    return Sheet(section, span, edition, asker.reader)


def _span(section: Section, given: Mapping[str, str]) -> Span:
    """The edition that is asked for, by default that of the day which is being filled."""
    kind = given.get("kind") or EditionKind.DAY
    if kind not in tuple(EditionKind):
        raise InputError(f"There are no editions of the kind {kind!r}.")
    if label := given.get("label"):
        return read_label(EditionKind(kind), label.strip())
    if kind == EditionKind.SPECIAL:
        raise InputError("A special edition needs a name.", hint="As in neurips-2026.")
    return span_of(EditionKind(kind), open_day(present(), *section.cutoff_in_zone))


def _suggestions(service: Service, sheet: Sheet) -> list[Suggestion]:
    found = matching(service.catalogue, service.index, sheet.section, sheet.span, service.weights)
    with service.catalogue.reading() as desk:
        return suggested(desk, sheet.section, sheet.span, present(), SUGGESTED, found)


def _offers(desk: Desk, offers: list[Suggestion]) -> list[Offer]:
    keys = [one.paper_key for one in offers]
    papers = desk.papers.by_keys([*keys, *(key for one in offers for key in one.alike)])
    flags = _flags(desk, keys)
    return [
        Offer(
            one.paper_key,
            views.paper_view(papers[one.paper_key]),
            one.came,
            one.reasons,
            flags.get(one.paper_key, ()),
            tuple(plain(papers[key].title) for key in one.alike if key in papers),
        )
        for one in offers
        if one.paper_key in papers
    ]


def _flags(desk: Desk, paper_keys: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """What screening said of those of the papers that were submitted."""
    found = desk.submissions.of_papers(paper_keys)
    return {
        key: tuple(f"{concern.name}: {concern.why}" for concern in one.concerns)
        for key, one in found.items()
    }


def _curated(desk: Desk, curator: Reader) -> list[Section]:
    """The sections that somebody may work on."""
    curated = desk.sections.curated_by(curator.key)
    return [
        one for one in desk.sections.all() if curator.role.may(Role.CURATOR) or one.key in curated
    ]


def _makers(before: str, name: str) -> str:
    """Everybody who made an edition, each once."""
    return ", ".join(dict.fromkeys([*(one for one in before.split(", ") if one), name]))


routes: list[BaseRoute] = [
    Route(PATH, _desk),
    Route(PATH, posted(_take), methods=["POST"]),
    Route(f"{PATH}/preview", _preview),
]
