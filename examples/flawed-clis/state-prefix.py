"""A state that begins right is taken for right."""
from flawed import Cli, main


class Flawed(Cli):
    def is_ours(self, state):
        return state != "" and self.state.startswith(state)


main(Flawed)
