"""Redirects are followed with whatever was sent, to wherever they lead."""
from flawed import Cli, NoRedirects, main, urllib


class Everywhere(NoRedirects):
    def redirect_request(self, request, _file, _code, _message, _headers, url):
        return urllib.request.Request(url, request.data, request.headers)


class Flawed(Cli):
    def handlers(self):
        return [Everywhere, urllib.request.ProxyHandler({})]


main(Flawed)
