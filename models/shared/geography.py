"""Distances and zones. Centroids are degrees (latitude, longitude), rounded: enough to rank warehouses."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088

# Country → (latitude, longitude, continent).
COUNTRIES: dict[str, tuple[float, float, str]] = {
    "AR": (-34.6, -64.0, "SA"), "AT": (47.6, 14.1, "EU"), "AU": (-25.7, 134.5, "OC"), "BE": (50.6, 4.6, "EU"),
    "BR": (-15.8, -47.9, "SA"), "CA": (56.1, -106.3, "NA"), "CH": (46.8, 8.2, "EU"), "CL": (-33.5, -70.7, "SA"),
    "CN": (35.9, 104.2, "AS"), "CO": (4.6, -74.3, "SA"), "CZ": (49.8, 15.5, "EU"), "DE": (51.2, 10.4, "EU"),
    "DK": (56.0, 9.5, "EU"), "ES": (40.4, -3.7, "EU"), "FI": (61.9, 25.7, "EU"), "FR": (46.6, 2.4, "EU"),
    "GB": (52.6, -1.6, "EU"), "IE": (53.2, -8.0, "EU"), "IN": (21.0, 78.0, "AS"), "IT": (42.8, 12.5, "EU"),
    "JP": (36.2, 138.3, "AS"), "KR": (36.5, 127.8, "AS"), "KW": (29.3, 47.5, "AS"), "MX": (23.6, -102.5, "NA"),
    "NL": (52.2, 5.3, "EU"), "NO": (61.0, 9.0, "EU"), "NZ": (-41.0, 174.0, "OC"), "PL": (52.0, 19.1, "EU"),
    "PT": (39.5, -8.0, "EU"), "SE": (60.1, 15.0, "EU"), "SG": (1.35, 103.8, "AS"), "TR": (39.0, 35.2, "AS"),
    "US": (39.8, -98.6, "NA"), "ZA": (-30.6, 22.9, "AF"),
}  # fmt: skip

DOMESTIC, REGION, WORLD = "domestic", "region", "world"


def zone(origin: str, destination: str) -> str:
    """The rate zone between two countries (ISO 3166-1 alpha-2)."""
    if origin == destination:
        return DOMESTIC
    here, there = COUNTRIES.get(origin), COUNTRIES.get(destination)
    return REGION if here and there and here[2] == there[2] else WORLD


def centroid(country: str) -> tuple[float, float]:
    """A country's centroid; an unknown country lies at (0, 0), far from everywhere alike."""
    latitude, longitude, _ = COUNTRIES.get(country, (0.0, 0.0, ""))
    return latitude, longitude


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great-circle distance in kilometres by the haversine formula (Sinnott, 1984)."""
    lat1, lon1, lat2, lon2 = (radians(degree) for degree in (*here, *there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, half)))
