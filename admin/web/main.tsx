import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { locale } from './texts.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';

effect(() => {
  document.documentElement.lang = locale.value === 'zh' ? 'zh-CN' : 'en';
});

const place = document.getElementById('page');
if (place) render(<App />, place);
