"""The front door: one process with a director per project and the page."""

from dashboard.server.runner import PortTaken
from director.host.host import REFUSALS, Host
from director.host.page import DAEMON, start_logs
from director.host.reading import BRIEF, Reading

__all__ = ["BRIEF", "DAEMON", "REFUSALS", "Host", "PortTaken", "Reading", "start_logs"]
