"""Ways to talk to somebody outside."""

import os
import socket


def _talk(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect(address)
        return connection.recv(100).decode()


def tcp_on_the_loopback_of_the_machine(stage):
    return _talk(socket.AF_INET, ("127.0.0.1", stage["tcp"]))


def tcp_of_version_6(stage):
    return _talk(socket.AF_INET6, ("::1", stage["tcp6"]))


def any_interface_but_loopback(stage):
    return [name for _, name in socket.if_nameindex() if name != "lo"]


def route_out(stage):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((stage["away"], 53))
        sender.send(b"x")
        return sender.getsockname()


def unix_socket_at_a_path(stage):
    return _talk(socket.AF_UNIX, stage["unix"])


def unix_socket_with_an_abstract_name(stage):
    return _talk(socket.AF_UNIX, "\0" + stage["abstract"])


def sockets_of_services(stage):
    return [
        path
        for path in ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket")
        if os.path.exists(path)
    ]


def socket_to_the_hypervisor(stage):
    return socket.socket(40, socket.SOCK_STREAM).fileno()


def raw_netlink(stage):
    return socket.socket(16, socket.SOCK_RAW, 15).fileno()


def packet_socket(stage):
    return socket.socket(17, socket.SOCK_RAW).fileno()


def kernel_crypto_socket(stage):
    return socket.socket(38, socket.SOCK_SEQPACKET).fileno()


def socket_in_a_place_given_to_be_read(stage):
    os.chdir(stage["readable"])
    return _talk(socket.AF_UNIX, "server.sock")


def pipe_in_a_place_given_to_be_read(stage):
    return os.write(os.open(stage["readable"] + "/pipe", os.O_WRONLY | os.O_NONBLOCK), b"an order")
