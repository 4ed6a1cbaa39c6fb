"""The small pictures on cards, as they are kept here."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import service_of
from broadsheet.faces.thumbnails import NAME, folder_of

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def _thumbnail(request: Request) -> Response:
    name = request.path_params["name"]
    file = folder_of(service_of(request)) / name
    if not NAME.fullmatch(name) or not file.is_file():
        raise NotFoundError("There is no such picture.")
    return FileResponse(file, media_type="image/webp", headers=_FOREVER)


routes: list[BaseRoute] = [Route("/thumbs/{name}", _thumbnail)]
