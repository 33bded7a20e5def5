// Where something lies, for "near": https://hl7.org/fhir/R4/location.html#near                                         (pure)
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { list, numberOf, type Place } from './place.ts';

export type Position = { readonly latitude: number; readonly longitude: number };

const GEOLOCATION = 'http://hl7.org/fhir/StructureDefinition/geolocation';

/** A row of numbers whose lower one is the latitude and whose higher one the longitude, in degrees of WGS 84. */
export function position({ out, param, part }: Place, value: Json): void {
  const at = positionOf(value);
  if (at !== undefined) out.numbers.push({ param, part, low: at.latitude, high: at.longitude });
}

/** Of a Location's position, or of the extension geolocation; undefined for anything else. */
export function positionOf(value: Json): Position | undefined {
  if (!isObject(value)) return undefined;
  const isExtension = value['url'] === GEOLOCATION;
  const read = (name: string) => (isExtension ? extensionNumber(value, name) : numberOf(value[name]));
  const [latitude, longitude] = [read('latitude'), read('longitude')];
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

function extensionNumber(value: JsonObject, name: string): number | undefined {
  const found = list(value['extension']).find((one) => isObject(one) && one['url'] === name);
  return isObject(found) ? numberOf(found['valueDecimal']) : undefined;
}
