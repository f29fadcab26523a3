// Real servers and processes take their time on a busy machine; what hangs still ends. A test that needs more says so itself.
jest.setTimeout(60_000);
