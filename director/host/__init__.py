"""The front door: one process with a director per project and the page."""

from director.host.host import REFUSALS, Host
from director.host.page import PortTaken, start_logs

__all__ = ["REFUSALS", "Host", "PortTaken", "start_logs"]
