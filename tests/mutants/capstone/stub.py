class Design:
    def configure(self, budget):
        raise NotImplementedError

    def read(self, ctx, key):
        raise NotImplementedError

    def write(self, ctx, key, value):
        raise NotImplementedError

    def on_event(self, ctx, event):
        raise NotImplementedError
