// Narratives: what is well-formed and safe, and by which name the rest is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { xhtmlFault } from './xhtml.ts';

const div = (inside: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`;
const reason = (inside: string) => xhtmlFault(div(inside))?.reason;

describe('a narrative', () => {
  test('of plain markup is taken', () => {
    for (const inside of [
      '<p>a</p>',
      '<h1>x</h1><br/><hr></hr>',
      '<p >a</p >',
      '<table class="grid"><tr><td colspan="2">1 &lt; 2 &amp; &#233;</td></tr></table>',
      '<a href="#x">a</a><a href="https://x.example/?a=1&amp;b=2">b</a><a href="Patient/1">c</a>',
      '<img src="data:image/png;base64,AAAA" alt="x"/>',
      '<span style="color: red; background-color:#eee">a</span>',
      '<!-- note --><b>a</b>',
    ]) {
      assert.equal(reason(inside), undefined, inside);
    }
  });

  test('that is not well-formed is refused', () => {
    for (const inside of [
      '<p>a',
      'a</p>',
      '<b><i>a</b></i>',
      'a</ p>',
      '<p class=x>a</p>',
      'a & b',
      'a < b',
      '<![CDATA[x]]>',
      '<!-- a',
      '<б>x</б>',
    ]) {
      assert.equal(reason(inside), 'narrative-not-well-formed', inside);
    }
  });

  test('with anything active or unknown is refused', () => {
    for (const inside of [
      '<script>x</script>',
      '<P>x</P>',
      '<tdx>x</tdx>',
      '<form>x</form>',
      '<p onclick="x()">a</p>',
      '<a href="javascript:x">a</a>',
      '<a href="java&#115;cript:x">a</a>',
      '<a href=" java\nscript:x">a</a>',
      '<img src="data:text/html,x"/>',
      '<p style="background:url(https://x.example/t.png)">a</p>',
      '<p style="width:expression(1)">a</p>',
    ]) {
      assert.equal(reason(inside), 'narrative-active-content', inside);
    }
  });

  test('that shows nothing, or is not one div, is refused', () => {
    assert.equal(reason(' <p> </p> '), 'narrative-blank');
    for (const text of [
      'a',
      '<div>a</div>',
      `${div('a')}b`,
      `${div('a')}${div('b')}`,
      '<p xmlns="http://www.w3.org/1999/xhtml">a</p>',
    ]) {
      assert.equal(xhtmlFault(text)?.reason, 'narrative-not-a-div', text);
    }
  });

  test('of any text ends, and is the same the second time', () => {
    const parts = fc.array(
      fc.constantFrom(
        '<p>',
        '</p>',
        '<td>',
        '</td>',
        '<br/>',
        '<',
        '>',
        '&',
        '<!--',
        '-->',
        '<h1 class="a">',
        ' ',
        'a',
        '"',
        '<div',
      ),
    );
    fc.assert(
      fc.property(parts, (list) => {
        const text = div(list.join(''));
        assert.deepEqual(xhtmlFault(text), xhtmlFault(text));
      }),
    );
  });
});
