"""The front door: one process with a director per project and the page."""

from dashboard.server.listening import PortTaken
from director.host.host import LOCK, REFUSALS, Host
from director.host.page import DAEMON, start_logs
from director.host.starting import require_usable
from director.host.visit import BRIEF, Visit

__all__ = ["BRIEF", "DAEMON", "LOCK", "REFUSALS", "Host", "PortTaken", "Visit", "require_usable", "start_logs"]
