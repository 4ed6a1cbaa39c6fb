"""All calls of the API, in the order in which they are looked for."""

from starlette.routing import BaseRoute

from broadsheet.faces.api import (
    community,
    daily,
    editions,
    hooks,
    huggingface,
    native,
    searches,
    submissions,
    trending,
    whoami,
)

# What is longer comes first: a path under a paper's would be taken for an id.
routers = [community.router, editions.router, trending.router, native.router]
"""Ours, which the description of the API holds."""
routes: list[BaseRoute] = [
    *whoami.routes,
    *searches.routes,
    *submissions.routes,
    *community.routes,
    *daily.routes,
    *huggingface.routes,
    *hooks.routes,
]
"""Those of others, whose clients know them."""
