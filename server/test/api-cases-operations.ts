// What the operations API refuses, one line for each refusal.
import { type Case, refused, ruling, SECRET } from './api-case.ts';
import { mrnKey } from './messages.ts';

export const OPERATIONS_CASES: readonly Case[] = [
  refused('an address nobody serves', 'GET /api/v1/nothing', { answer: '404 not-found' }),
  refused('a method not served there', 'PUT /api/v1/books', { answer: '405 method-not-allowed' }),
  refused('a receipt nobody has', 'GET /api/v1/receipts/99999', { answer: '404 receipt-not-found' }),
  refused('a receipt that is no number', 'GET /api/v1/receipts/last', { answer: '404 receipt-not-found' }),
  refused('a payload nobody has', 'GET /api/v1/receipts/99999/payload', { answer: '404 receipt-not-found' }),
  refused('receipts in no state', 'GET /api/v1/receipts?state=lost', { answer: '400 search-value', where: 'state' }),
  refused('receipts by the half', 'GET /api/v1/receipts?_count=x', { answer: '400 search-value', where: '_count' }),
  refused('receipts by anything', `GET /api/v1/receipts?name=${SECRET}`, {
    answer: '400 search-parameter',
    where: 'name',
  }),
  refused('cases in no state', 'GET /api/v1/cases?state=lost', { answer: '400 search-value', where: 'state' }),
  refused('books by anything', 'GET /api/v1/books?source=x', { answer: '400 search-parameter', where: 'source' }),
  refused('a person nobody knows', 'GET /api/v1/persons/none', { answer: '404 not-found' }),
  refused('a delivery of no known kind', 'POST /api/v1/receipts', {
    answer: '415 content-type',
    where: 'Content-Type',
    type: 'text/plain',
    body: `${SECRET}`,
  }),
  refused('a delivery of nothing', 'POST /api/v1/receipts', {
    answer: '400 body-empty',
    headers: { 'content-type': 'text/csv' },
  }),
  refused('a delivery without a key', 'POST /api/v1/receipts', {
    answer: '400 idempotency-key',
    where: 'Idempotency-Key',
    type: 'application/hl7-v2',
    body: 'MSH|',
  }),
  refused('a tile nobody made', 'GET /api/v1/ledger/tile/9/999', { answer: '404 not-found' }),
  refused('evidence of nothing', 'GET /api/v1/ledger/evidence', { answer: '400 evidence-query' }),
  refused('evidence of no receipt', 'GET /api/v1/ledger/evidence?receipt=x', { answer: '404 receipt-not-found' }),
  refused('evidence of a receipt nobody has', 'GET /api/v1/ledger/evidence?receipt=99999', {
    answer: '404 receipt-not-found',
  }),
  refused('a ruling of nothing', 'POST /api/v1/rulings', { answer: '400 body-empty' }),
  refused('a ruling that is not JSON', 'POST /api/v1/rulings', { answer: '400 ruling-not-json', body: `{${SECRET}` }),
  refused('a ruling that is a list', 'POST /api/v1/rulings', { answer: '400 ruling-not-object', body: '[]' }),
  ruling('of no kind', '400 ruling-kind', { kind: 'perhaps' }),
  ruling('without a reason', '400 ruling-reason', { kind: 'retry', receipt: 1, reason: '' }),
  ruling('by nobody', '400 ruling-by', { kind: 'retry', receipt: 1, by: ' ' }),
  ruling('on nobody', '400 ruling-person', { kind: 'choose', element: 'name' }),
  ruling('on nothing', '400 ruling-element', { kind: 'choose', person: 'p1' }),
  ruling('on what was not seen', '400 ruling-competing-set', { kind: 'choose', person: 'p1', element: 'name' }),
  ruling('that chooses nothing', '400 ruling-statement', {
    kind: 'choose',
    person: 'p1',
    element: 'name',
    competingSet: 'x',
  }),
  ruling('on somebody unknown', '404 ruling-person-unknown', {
    kind: 'choose-none',
    person: 'none',
    element: 'name',
    competingSet: 'x',
  }),
  ruling('where nothing conflicts', '409 ruling-no-conflict', {
    kind: 'choose-none',
    person: 'p1',
    element: 'name',
    competingSet: 'x',
  }),
  ruling('without two', '400 ruling-subjects', { kind: 'same', a: 'p1' }),
  ruling('on two of whom one is unknown', '404 ruling-subject-unknown', {
    kind: 'same',
    a: 'p1',
    b: { source: 'pas', key: `${SECRET}` },
  }),
  ruling('on one', '400 ruling-same-subject', { kind: 'same', a: 'p1', b: 'p1' }),
  ruling('against two verified numbers', '409 ruling-vetoed', {
    kind: 'same',
    a: { source: 'pas', key: mrnKey('RX1') },
    b: { source: 'pas', key: mrnKey('RX2') },
  }),
  ruling('on a receipt without its number', '400 ruling-receipt', { kind: 'retry' }),
  ruling('on a receipt nobody has', '404 ruling-receipt-unknown', { kind: 'retry', receipt: 99999 }),
];
