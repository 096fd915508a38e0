"""Where a request comes from."""

from ipaddress import ip_address

from starlette.requests import HTTPConnection


def from_here(connection: HTTPConnection) -> bool:
    """Whether it comes from this machine, over loopback."""
    host = connection.client.host if connection.client else ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
