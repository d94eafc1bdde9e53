import { HONEST_JOBS, openMachine, serveJobs } from "../challenger/commitments/worker";
import { findFlip, type FlipJob } from "./flip";

serveJobs({ ...HONEST_JOBS, flip: (job: FlipJob) => findFlip(job, openMachine) });
