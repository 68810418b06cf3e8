"""What the token endpoint says when it refuses is printed, secrets and all."""
from flawed import Cli, main


class Flawed(Cli):
    def describe_refusal(self, status, body):
        return f"the token endpoint answered {status}: {body.decode('utf-8', 'replace')}"


main(Flawed)
