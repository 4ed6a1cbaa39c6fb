"""Whether letters will arrive: DNS, the mail server and a test letter, each with what to do."""

from broadsheet.faces.mail.checking.examining import Inquiry, examine
from broadsheet.faces.mail.checking.findings import Finding, Verdict
from broadsheet.faces.mail.checking.names import Names, read_server

__all__ = ["Finding", "Inquiry", "Names", "Verdict", "examine", "read_server"]
