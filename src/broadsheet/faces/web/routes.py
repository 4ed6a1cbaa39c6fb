"""All pages, in the order in which they are looked for."""

from starlette.routing import BaseRoute

from broadsheet.faces.web import (
    account,
    community,
    leaving,
    letters,
    moderation,
    notices,
    operator,
    pages,
    readers,
    signing_in,
    tokens,
)

routes: list[BaseRoute] = [
    *operator.routes,
    *letters.routes,
    *signing_in.routes,
    *account.routes,
    *tokens.routes,
    *leaving.routes,
    *readers.routes,
    *community.routes,
    *moderation.routes,
    *notices.routes,
    # Last, since whatever follows /papers/ may be an id.
    *pages.routes,
]
