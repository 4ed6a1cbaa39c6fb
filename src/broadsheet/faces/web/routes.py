"""All pages, in the order in which they are looked for."""

from starlette.routing import BaseRoute

from broadsheet.faces.web import (
    account,
    claims,
    community,
    desk,
    leaving,
    letters,
    moderation,
    notices,
    operator,
    organisations,
    pages,
    previews,
    profiles,
    readers,
    signing_in,
    submit,
    tokens,
    trending,
)

routes: list[BaseRoute] = [
    *operator.routes,
    *desk.routes,
    *letters.routes,
    *signing_in.routes,
    *account.routes,
    *tokens.routes,
    *leaving.routes,
    *readers.routes,
    *community.routes,
    *moderation.routes,
    *notices.routes,
    *submit.routes,
    *claims.routes,
    *profiles.routes,
    *organisations.routes,
    *trending.routes,
    *previews.routes,
    # Last, since whatever follows /papers/ may be an id.
    *pages.routes,
]
