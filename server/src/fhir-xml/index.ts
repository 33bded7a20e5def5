// Public face of FHIR XML: resources to XML and back.
export { fromXml, jsonFromXml, type XmlRead } from './from-xml.ts';
export { type ToXmlOptions, toXml } from './to-xml.ts';
