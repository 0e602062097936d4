"""The HTTP door: storefronts, reviewers, benches, carriers and payment providers come in here."""

from starter.http.app import create_app
from starter.http.parts import DoorParts

__all__ = ["DoorParts", "create_app"]
