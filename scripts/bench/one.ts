import { pathToFileURL } from 'node:url'
import { endProgram } from '../../service/src/processes/end-program.ts'

// Runs the benchmark whose file is named, in this process, and ends it with the benchmark's last line. What it throws ends it with 1.
await import(pathToFileURL(process.argv[2]!).href)
await endProgram()
