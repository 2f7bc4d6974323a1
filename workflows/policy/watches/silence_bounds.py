"""How much a silence keeps."""


class SilenceBounds:
    """What one silence keeps. A state of that size fits through continue-as-new, whatever was sent."""

    incidents = 200
    alerts = 2000
    bytes = 800_000
    labels = 2000
    """Of one alert, in bytes: with more it is not known whether another silence matches it."""
    runbooks = 8
    opened = 400
