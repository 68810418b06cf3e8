"""The challenge is made of the digest's hex text, not of its bytes."""
from flawed import Cli, base64, hashlib, main


class Flawed(Cli):
    def challenge(self):
        digest = hashlib.sha256(self.verifier.encode()).hexdigest()
        return base64.urlsafe_b64encode(digest.encode()).rstrip(b"=").decode()


main(Flawed)
