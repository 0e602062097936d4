"""How an outside system fails, seen from a step. A business "no" is a value, never one of these."""


class GatewayError(Exception):
    """The root of what an adapter raises."""


class Unreachable(GatewayError):
    """Surely not done (no connection, refused before work): try again."""


class OutcomeUnknown(GatewayError):
    """Perhaps done (time-out, broken answer): ask by key before doing anything else."""


class RequestConflict(GatewayError):
    """The key was used with another body: a defect, trying again cannot help."""


class CallRefused(GatewayError):
    """Surely not done, and never will be as asked: a key, a right or a setting is wrong. A person has to mend it first."""
