// Starts the console in the page.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css';
import './style.css';
import './parts/parts.css';
import './receipt/receipt.css';
import './person/person.css';
import './explorer/explorer.css';
import './cases/cases.css';
import './policy/policy.css';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
