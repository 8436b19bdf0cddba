/** CodeMirror; only `code-editor.tsx` imports this file, and late. */
import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { CodeEditorProps, CodeLanguage } from './code-editor.tsx'

/** Fetched when they are shown: each is as large as the editor. */
const LANGUAGES: Readonly<Record<Exclude<CodeLanguage, 'text'>, () => Promise<Extension>>> = {
  javascript: async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: false }),
  python: async () => (await import('@codemirror/lang-python')).python(),
  php: async () => (await import('@codemirror/lang-php')).php({ plain: false }),
  json: async () => (await import('@codemirror/lang-json')).json(),
  html: async () => (await import('@codemirror/lang-html')).html(),
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--color-primary)' },
  { tag: [tags.string, tags.regexp], color: 'var(--color-success)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--color-warning)' },
  { tag: tags.comment, color: 'var(--color-muted-foreground)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--color-foreground)', fontWeight: '500' },
  { tag: tags.tagName, color: 'var(--color-primary)' },
  { tag: tags.invalid, color: 'var(--color-danger)' },
])

const LOOK = EditorView.theme({
  '&': { fontSize: '0.8125rem', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  // Font and room belong to the whole, so that numbers and lines begin at one height, whatever was measured by then.
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5', padding: '0.5rem 0' },
  '.cm-content': { caretColor: 'var(--color-foreground)', padding: '0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--color-muted-foreground)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in oklch, var(--color-hover) 55%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--color-foreground)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--color-primary-soft) !important',
  },
})

export default function CodeEditorView(props: CodeEditorProps) {
  const { value, onChange, language, readOnly = false, label, minHeight = '10rem', maxHeight = '60dvh' } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const change = useRef(onChange)
  change.current = onChange
  const first = useRef(value)
  const { id, labelledBy, 'aria-describedby': described, 'aria-invalid': invalid } = props

  useEffect(() => {
    const attributes = {
      // What can be written in can be reached; said for those who check that what scrolls can be.
      tabindex: '0',
      ...(id && { id }),
      ...(label && { 'aria-label': label }),
      ...(labelledBy && { 'aria-labelledby': labelledBy }),
      ...(described && { 'aria-describedby': described }),
      ...(invalid && { 'aria-invalid': 'true' }),
    }
    const colours = new Compartment()
    // Tab leaves the editor, as it leaves every other control; Ctrl-] and Ctrl-[ indent.
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: view.current?.state.doc.toString() ?? first.current,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          // Who only reads has no line of their own.
          readOnly ? [] : highlightActiveLine(),
          syntaxHighlighting(COLOURS),
          LOOK,
          EditorView.theme({ '.cm-scroller': { minHeight, maxHeight, overflow: 'auto' } }),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
          colours.of([]),
          EditorState.readOnly.of(readOnly),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of(attributes),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    let isShown = true
    // Without its colours, a text can be read and written all the same.
    if (language !== 'text')
      void LANGUAGES[language]().then(
        (known) => isShown && made.dispatch({ effects: colours.reconfigure(known) }),
        () => undefined,
      )
    return () => {
      isShown = false
      made.destroy()
    }
  }, [language, readOnly, label, labelledBy, id, described, invalid, minHeight, maxHeight])

  // What comes from outside (a reset, an example) replaces the text; what was just typed does not.
  useEffect(() => {
    const shown = view.current
    if (shown && shown.state.doc.toString() !== value)
      shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } })
  }, [value])

  return (
    <div
      ref={place}
      className="overflow-hidden rounded-md border border-input bg-surface shadow-xs focus-within:border-ring focus-within:outline-2 focus-within:outline-ring/60"
    />
  )
}
