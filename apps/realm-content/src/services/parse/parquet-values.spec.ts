import { inflateRawSync } from 'node:zlib';
import { normalise } from '../normalise/normalise.js';
import { parseParquet } from './parse-parquet.js';

/** A file of two rows, as DuckDB writes it. */
const FILE = 'jVRdaFxFFP5mdnZzG9aYqGc6C0FW8V5uZW13xS0NXsSUoAFDDRFKKSHN/ty16/5E3E2wpYJKQR9akdYH31wQRAQfFHwUiloffOiT8alI3/RVKeqDNXZmcvcmdwvd4TJ35sz5vvMzZ87y/EqJQEv0QoEEgTKUAfxvjtzJe9vAxxyAYGg8euePU39+Xvjkpfd2OAZX05cIVKBiEiPfAhYt5oYAw8QxTqDTFCQVn/oSePMxAPMMb2+f+GvtxQwYHi+OoX5r7Z8dPSL1FXomqX7oMnBqV33h01j1Pszrt1evaOcj9QI9NxLgV4CNj0GPPOwfIFB11JPSZWBxl34KHOvfj+WJAFAslp6OPPmV0fNJ/Y1vgfeNL6hoVBa/vax9f/adI2MjuogRA0bHk4jl68CHFjGvEdyE22K4eu0ggT5jo2XzyjYw2ANJYfB3bdVc70fXDhLP/ftwGeqB+matVa+e6dXOhp0KSdAU5YmrVLX5qjtJDi0VVvWsEytcrtK9TqXddidJkCqs6jk64f2e+8jSpYdmC/YarOy8ls1EMu5yxepu1p6yvju9dGEfgHXdJ7QLirjizS33SVDW5UrUNuqhC5S5Eo0w7BGnDMpCiXaz1yeu5RNhO+yE3T4Ja4ZX+tqOXqYaYWg8njQeT8IQsQ5xDRXqQCs8d2ar0t4MNTjrQqVa4Tk3itic7A1Nitxs7qaHWZrKEXImV5SVQnblWc8J1LTR2vNU1fROYkj4Y2jNzADQdoSxY3NvLJ2QK97rgXJuCFv0ytmtfkj495AmmHi/Z2guyDXvOxYoJ3r68Upy/x7SEZ7zQ54BD5QT9YR4pXlGpUMebnhY3dD05UnvPx4ooXuFnSX39+wS5ll/aP3n1F3rUd+IV9r6qDRJ093N6br3tQiUE3WUaGWTOiod0kzl0jldrobmIpMnvStpe5I1Bkz5Dl39PR0ooZuKnXWE8W5/YhZNtZsqj+qbV2zQ73JZ937MBErobmNnTRXv7kul30XM9cVEoITuQ3bWXPFuyGUCOsY68ZvRb8Ww/MBkw/vACRRrKdaS3Df//bneh7Qvy2B/YvI177ZztxKjLhWv9B2OSg2vvPigFJ4jfzkA31/YrLUWjue3wjd6zY1ufqt0uHz4aN6vbjbb9Xzx6FytNteYq5YP5W7OAuN8cNPA8vxK6X8=';

/** In a Buffer that is a part of a larger one, as small ones are. */
const file = (): Buffer => {
  const bytes = inflateRawSync(Buffer.from(FILE, 'base64'));
  return Buffer.concat([Buffer.alloc(100), bytes, Buffer.alloc(100)]).subarray(100, 100 + bytes.length);
};

it('Parquet’s logical types - every digit, no zone that is not there, the type that the file states', async () => {
  const [table] = (await normalise(await parseParquet(file()))).tables;
  const [first, second] = table!.rows;
  expect(Object.fromEntries(table!.columns.map(({ name, type }, at) => [name, [type, first![at], second![at]]]))).toEqual({
    big: ['decimal', '12345678901234567890123.4567', '-0.0001'],
    small: ['decimal', '12.30', '0.00'],
    ts: ['datetime', '2026-01-02T03:04:05.123456', null],
    tz: ['datetime', '1969-12-31T23:59:59.5Z', null],
    d: ['date', '1905-01-02', null],
    t: ['string', '03:04:05.5', null],
    n: ['decimal', '9007199254740993', '1'],
    iv: ['string', 'P14M0DT0S', null],
    code: ['string', '0012', null],
    fees: ['string', '[{"at":"2026-01-02","fee":"1.10"}]', '[]'],
    m: ['string', '{"k":"2026-01-02T00:00:00"}', null],
  });
});
