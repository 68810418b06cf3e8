"""The rotated refresh token is not stored."""
from flawed import Cli, main


class Flawed(Cli):
    def merge(self, old, fresh):
        return {**fresh, "refresh_token": old["refresh_token"]}


main(Flawed)
