"""The website of a hub: pages rendered on the server, for members and for those who run it.

A page calls the use cases of :mod:`cypn_core.application` and shows what
:class:`cypn_core.application.faces.Faces` gives; it holds no rule of its own and names no exchange.
"""
