// Public face of FHIR XML: resources to XML and back.
export { jsonFromXml } from './from-xml.ts';
export { type ToXmlOptions, toXml } from './to-xml.ts';
