import exif from 'exif-reader';
import type { Json } from '@symphainy/kernel';

/** What cameras and scanners say of a picture, by what a reader would ask for. */
const IMAGE_TAGS = ['Make', 'Model', 'Software', 'Artist', 'Copyright', 'ImageDescription', 'Orientation', 'DateTime'] as const;
const PHOTO_TAGS = ['DateTimeOriginal', 'OffsetTimeOriginal', 'ExposureTime', 'FNumber', 'FocalLength', 'LensModel', 'PixelXDimension', 'PixelYDimension'] as const;
const MOST_TEXT = 1000;

/** EXIF of a JPEG, PNG or WebP as plain members, places as degrees; undefined where there is none, or none that reads. */
export function exifOf(bytes: Uint8Array): { [name: string]: Json } | undefined {
  const segment = exifSegment(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (segment === undefined) return undefined;
  const read = tagsOf(segment);
  if (read === undefined) return undefined;
  const { Image: image = {}, Photo: photo = {}, GPSInfo: place = {} } = read;
  const told = [...IMAGE_TAGS.map((tag) => [tag, plain(image?.[tag])] as const), ...PHOTO_TAGS.map((tag) => [tag, plain(photo?.[tag])] as const), ['Latitude', degrees(place?.GPSLatitude, place?.GPSLatitudeRef)] as const, ['Longitude', degrees(place?.GPSLongitude, place?.GPSLongitudeRef)] as const];
  const members = Object.fromEntries(told.filter(([, value]) => value !== undefined)) as { [name: string]: Json };
  return Object.keys(members).length === 0 ? undefined : members;
}

function tagsOf(segment: Buffer): exif.Exif | undefined {
  try {
    return exif(segment);
  } catch {
    return undefined;
  }
}

/** EXIF says no zone: a time is told as it stands. */
function plain(value: unknown): Json | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString().slice(0, 19);
  if (typeof value === 'string') return value.replaceAll('\u0000', '').trim().slice(0, MOST_TEXT) || undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function degrees(parts: unknown, reference: unknown): number | undefined {
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part): part is number => typeof part === 'number' && Number.isFinite(part))) return undefined;
  const size = parts[0]! + parts[1]! / 60 + parts[2]! / 3600;
  return Math.round((reference === 'S' || reference === 'W' ? -size : size) * 1e6) / 1e6;
}

function exifSegment(bytes: Buffer): Buffer | undefined {
  if (bytes.readUInt16BE(0) === 0xffd8) return jpegSegment(bytes);
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return chunkNamed(bytes, { from: 8, name: 'eXIf', nameFirst: false });
  if (bytes.subarray(0, 4).toString('latin1') === 'RIFF') return chunkNamed(bytes, { from: 12, name: 'EXIF', nameFirst: true });
  return undefined;
}

const APP1 = 0xffe1;
const START_OF_SCAN = 0xffda;

function jpegSegment(bytes: Buffer): Buffer | undefined {
  for (let at = 2; at + 4 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at);
    if (marker < 0xff00 || marker === START_OF_SCAN) return undefined;
    const body = bytes.subarray(at + 4, at + 2 + bytes.readUInt16BE(at + 2));
    if (marker === APP1 && body.subarray(0, 5).toString('latin1') === 'Exif\u0000') return body;
  }
  return undefined;
}

/** PNG: length, name, data, checksum, big-endian. RIFF: name, length, data to an even place, little-endian. */
function chunkNamed(bytes: Buffer, { from, name, nameFirst }: { from: number; name: string; nameFirst: boolean }): Buffer | undefined {
  for (let at = from; at + 8 <= bytes.length; ) {
    const length = nameFirst ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at);
    const found = bytes.subarray(nameFirst ? at : at + 4, nameFirst ? at + 4 : at + 8).toString('latin1');
    if (found === name) return bytes.subarray(at + 8, at + 8 + length);
    at += nameFirst ? 8 + length + (length % 2) : 12 + length;
  }
  return undefined;
}
