"""All pages, in the order in which they are looked for."""

from starlette.routing import BaseRoute

from broadsheet.faces.web import (
    account,
    claims,
    community,
    desk,
    elsewhere,
    leaving,
    letters,
    moderation,
    notices,
    operator,
    organisations,
    pages,
    passkeys,
    previewing,
    profiles,
    readers,
    signing_in,
    submit,
    subscribing,
    subscription,
    tokens,
)

routes: list[BaseRoute] = [
    *operator.routes,
    *desk.routes,
    *previewing.routes,
    *letters.routes,
    *subscribing.routes,
    *subscription.routes,
    *signing_in.routes,
    *account.routes,
    *elsewhere.routes,
    *passkeys.routes,
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
    # Last, since whatever follows /papers/ may be an id.
    *pages.routes,
]
