import { readArguments, UsageError } from './arguments.js';

describe('arguments', () => {
  it('defaults - samples, port 8080, staying up', () => {
    expect(readArguments([])).toEqual({ files: undefined, once: false, json: false, idle: false, dataDir: undefined, port: 8080 });
  });

  it.each([
    [['--files', '/no/such/folder'], /--files: there is no folder/],
    [['--files', __filename], /is a file; name the folder/],
    [['--port', '99999'], /--port: must be a whole number/],
    [['--port', 'http'], /--port: must be a whole number/],
    [['--idle', '--once'], /name one of them/],
    [['--everything'], /Unknown option '--everything'/],
  ])('%j - is refused naming the option', (argv, message) => {
    expect(() => readArguments(argv)).toThrow(UsageError);
    expect(() => readArguments(argv)).toThrow(message);
  });

  it('help - wins over everything else', () => {
    expect(readArguments(['--once', '--help'])).toBe('help');
  });
});
