// express-pouchdb on LevelDB in a process of its own: `node pouch-server.mjs <folder>`. Says where it listens in one line.
import express from 'express'
import expressPouchdb from 'express-pouchdb'
import PouchDB from 'pouchdb'

const Stored = PouchDB.defaults({ prefix: `${process.argv[2]}/` })
const app = express()
app.use(
  '/',
  expressPouchdb(Stored, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${process.argv[2]}/log` }),
)
const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ ready: true, url: `http://127.0.0.1:${server.address().port}` }))
})
process.on('SIGTERM', () => process.exit(0))
