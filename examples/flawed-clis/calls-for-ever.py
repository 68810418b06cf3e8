"""An API that goes on answering 401 is asked again and again."""
from flawed import Cli, main


class Flawed(Cli):
    def attempts(self):
        return 12


main(Flawed)
