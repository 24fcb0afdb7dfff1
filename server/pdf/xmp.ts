import { xmlText } from './pdf-text.ts';

/** What the document is, for programs that do not read it. */
export function xmpOf(about: {
  title: string;
  author: string;
  reference: string;
  locale: string;
  date: Date;
  tool: string;
  producer: string;
}): Buffer {
  const date = about.date.toISOString().replace(/\.\d+Z$/, 'Z');
  return Buffer.from(`<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/"
  xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${xmlText(about.title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${xmlText(about.author)}</rdf:li></rdf:Seq></dc:creator>
<dc:identifier>${xmlText(about.reference)}</dc:identifier>
<dc:language><rdf:Bag><rdf:li>${xmlText(about.locale)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>${date}</xmp:CreateDate>
<xmp:ModifyDate>${date}</xmp:ModifyDate>
<xmp:CreatorTool>${xmlText(about.tool)}</xmp:CreatorTool>
<pdf:Producer>${xmlText(about.producer)}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`);
}
