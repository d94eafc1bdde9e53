import { Gauge, type Registry } from "prom-client";
import type { Logger } from "pino";
import type { NodeCore } from "../../actor/core";
import type { SystemInfo } from "../../actor/rollupInfo";
import { EdgesGame } from "../../games/edges";
import type { AssertionStatus } from "../../games/game";
import { decodeCursor, ZERO_HASH } from "../../protocol";
import { isErrorCode } from "../../protocol/errors";
import type { L1Block } from "../../protocol/types";
import { addAgreementMetrics, agreementOf, type Agreement } from "./agreement";
import { AuditHistory } from "./auditHistory";
import { BlockAuditor, type Alert } from "./blockAuditor";
import { addTo, depositsOf, type Asset, type AssetAudit } from "./books";
import { Escrow } from "./escrow";
import { AlertNews } from "./news";
import { guardOf, payoutOf, warningsOf, type Forecast, type Warning } from "./outlook";
import { riskScore } from "./score";
import { OldestUnpaid } from "./unpaid";
import type { Webhook } from "./webhook";

export interface Audit {
  l1Block: { number: number; hash: string };
  l2Block: { number: number; hash: string };
  assets: AssetAudit[];
  alerts: Alert[];
  /** What is fought over on L1, and what is expected of it. */
  warnings: Warning[];
  /** Null where this version does not know the game on L1. */
  forecast: Forecast | null;
  /** Null as the forecast. */
  agreement: Agreement | null;
}

const NOTHING = { supply: 0n, dead: 0n, withdrawn: 0n };
/** Token quantities go to the metrics as doubles: good for graphs, not for accounting. */
const METRICS = ["escrow", "supply", "withdrawalsUnderWay", "depositsUnderWay", "exited", "surplus"] as const;

/**
 * The continuous audit of solvency: the books of each L2 block (BlockAuditor), held against what stands in escrow on L1 at the block
 * that was read last.
 */
export class SolvencyAudit {
  /** The newest comparison; null before the first. */
  current: Audit | null = null;
  readonly history = new AuditHistory();
  private readonly blocks: BlockAuditor;
  private readonly escrow: Escrow;
  private readonly unpaid: OldestUnpaid;
  private readonly news = new AlertNews();
  private readonly warned = new AlertNews();

  /** @param info - Follows the game on L1. */
  constructor(
    private readonly core: NodeCore,
    private readonly info: SystemInfo,
    logRange: number,
    private readonly log: Logger,
    private readonly webhook?: Webhook,
  ) {
    const { chain, view, system, l1 } = core;
    const { portal, tokenBridge, startBlock } = system;
    this.blocks = new BlockAuditor(chain, view, tokenBridge);
    this.escrow = new Escrow(l1, { portal, tokenBridge, startBlock, logRange });
    this.unpaid = new OldestUnpaid(chain, tokenBridge);
    this.addMetrics(core.registry);
  }

  /**
   * Audits what is new. Call when the view was read and derived to its end.
   * @throws SolventError `l1-*` where L1 does not answer; nothing is lost, the next call goes on.
   */
  async run(isStopping: () => boolean): Promise<void> {
    const { chain, view } = this.core;
    await this.blocks.advance(isStopping);
    const tip = view.tip;
    const { block } = this.blocks;
    if (tip === null || block === null || block.hash !== chain.safe.hash) return;
    if (this.current?.l1Block.hash === tip.hash && this.current.l2Block.hash === block.hash) return;
    await this.escrow.follow(tip, (known) => view.has(known));
    const { paid, alerts } = this.payments();
    const { lastRoot } = this.escrow;
    if (lastRoot !== null && lastRoot !== block.outputRoot) {
      const text = `the portal pays exits under ${lastRoot}, the chain's last output root is ${block.outputRoot}`;
      alerts.push({ name: "other-last-root", block: block.header.number, asset: "ether", text });
    }
    const deposits = this.depositsUnderWay();
    const assets: AssetAudit[] = [];
    for (const asset of new Set([...this.blocks.books.keys(), ...deposits.keys(), ...this.escrow.exited.keys()])) {
      const entry = this.blocks.books.get(asset) ?? NOTHING;
      const escrow = await this.escrow.held(asset, tip);
      const supply = entry.supply - entry.dead;
      const withdrawalsUnderWay = entry.withdrawn - (paid.get(asset) ?? 0n);
      const depositsUnderWay = deposits.get(asset) ?? 0n;
      const exited = this.escrow.exited.get(asset) ?? 0n;
      const surplus = escrow - (supply + withdrawalsUnderWay + depositsUnderWay - exited);
      assets.push({ asset, escrow, supply, withdrawalsUnderWay, depositsUnderWay, exited, surplus });
    }
    const short = assets.filter(({ surplus }) => surplus < 0n);
    await this.requirePaymentsTold(short, tip, isStopping);
    if (isStopping()) return;
    for (const { asset, surplus } of short) {
      const text = `${asset} is ${-surplus} short on L1`;
      alerts.push({ name: "short", block: block.header.number, asset, text });
    }
    const l2Block = { number: block.header.number, hash: block.hash };
    const l1Block = { number: tip.number, hash: tip.hash };
    const escrow = assets.find(({ asset }) => asset === "ether")?.escrow ?? 0n;
    const expected = await this.outlook(escrow, isStopping);
    this.current = { l1Block, l2Block, assets, alerts: [...this.blocks.alerts, ...alerts], ...expected };
    this.history.add(this.current, Number(block.header.timestamp));
    this.report(this.current);
  }

  /**
   * A hole that is deeper than it was told last is none where the portal has paid more than its logs tell. One that is not deeper is not asked
   * about again: whoever forces a wei on the portal in each block must not have every withdrawal asked for in each.
   */
  private async requirePaymentsTold(
    short: readonly AssetAudit[],
    tip: L1Block,
    isStopping: () => boolean,
  ): Promise<void> {
    const told = this.current?.assets ?? [];
    const isTold = ({ asset, surplus }: AssetAudit): boolean =>
      told.some((one) => one.asset === asset && one.surplus <= surplus);
    if (!short.every(isTold)) await this.escrow.requireAllTold(await this.blocks.recorded(), tip, isStopping);
  }

  /** What the game on L1 says of what comes. @param held - Wei in escrow. */
  private async outlook(
    held: bigint,
    isStopping: () => boolean,
  ): Promise<Pick<Audit, "warnings" | "forecast" | "agreement">> {
    const { core } = this;
    const { chain, system } = core;
    const game = await this.info.follow().catch((error: unknown) => {
      if (isErrorCode(error, "game-unknown")) return null;
      throw error;
    });
    if (game === null) return { warnings: [], forecast: null, agreement: null };
    const isTrue = ({ info: { outputRoot, l2BlockNumber } }: AssertionStatus): boolean => {
      // The zero root follows a block in which the program traps.
      if (outputRoot === ZERO_HASH) return core.stuckBehind !== null;
      return l2BlockNumber <= chain.safe.number && chain.requireBlockAt(l2BlockNumber).outputRoot === outputRoot;
    };
    const unpaid = await this.unpaid.find(this.escrow.paid, isStopping);
    const oldest = unpaid === null ? null : payoutOf(game, unpaid, isTrue, system.longestHold);
    const stakes = game instanceof EdgesGame ? game.parameters.stakes : [game.assertionStake];
    const forecast = { oldest, guard: guardOf(stakes, held) };
    return { warnings: warningsOf(game, isTrue), forecast, agreement: agreementOf(game.assertions(), isTrue) };
  }

  /** What was paid, by asset. A payment of a withdrawal that the chain never recorded is theft. */
  private payments(): { paid: Map<Asset, bigint>; alerts: Alert[] } {
    const paid = new Map<Asset, bigint>();
    const alerts: Alert[] = [];
    for (const hash of this.escrow.paid) {
      const withdrawal = this.blocks.withdrawal(hash);
      if (withdrawal === undefined) {
        const text = `the portal paid withdrawal ${hash}, which no block recorded`;
        alerts.push({ name: "paid-unrecorded", block: this.core.chain.safe.number, asset: "ether", text });
      } else for (const { asset, amount } of withdrawal) addTo(paid, asset, amount);
    }
    for (const hash of this.escrow.paidTwice) {
      const text = `the portal paid withdrawal ${hash} more than once`;
      alerts.push({ name: "paid-twice", block: this.core.chain.safe.number, asset: "ether", text });
    }
    return { paid, alerts };
  }

  private depositsUnderWay(): Map<Asset, bigint> {
    const { view, system } = this.core;
    const consumed = Number(decodeCursor(this.blocks.block!.header.extraData).delayed);
    const sums = new Map<Asset, bigint>();
    for (let index = consumed; index < view.delayedCount; index++)
      for (const [asset, amount] of depositsOf(view.message(index)!, system.tokenBridge)) addTo(sums, asset, amount);
    return sums;
  }

  private report({ alerts, warnings, l1Block }: Audit): void {
    this.core.health.report("solvency", alerts.length === 0 ? null : alerts.at(-1)!.text);
    for (const alert of this.news.take(alerts)) {
      this.log.fatal(alert, alert.text);
      this.webhook?.send({ ...alert, l1Block: l1Block.number });
    }
    for (const warning of this.warned.take(warnings)) {
      this.log.warn(warning, warning.text);
      this.webhook?.send({ ...warning, l1Block: l1Block.number });
    }
  }

  private addMetrics(registry: Registry): void {
    const registers = [registry];
    const read = (): Audit | null => this.current;
    addAgreementMetrics(registry, () => read()?.agreement ?? null);
    for (const field of METRICS)
      new Gauge({
        name: `solvent_audit_${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        help: `Audit of solvency: ${field}, in the asset's smallest unit`,
        labelNames: ["asset"],
        registers,
        collect() {
          for (const entry of read()?.assets ?? []) this.set({ asset: entry.asset }, Number(entry[field]));
        },
      });
    new Gauge({
      name: "solvent_audit_risk",
      help: "Risk score of solvency, 0 to 100: docs/spec/13-solvency.md#score",
      registers,
      collect() {
        const audit = read();
        if (audit !== null) this.set(riskScore(audit));
      },
    });
    new Gauge({
      name: "solvent_audit_alerts",
      help: "Findings of the audit of solvency",
      registers,
      collect() {
        this.set(read()?.alerts.length ?? 0);
      },
    });
    new Gauge({
      name: "solvent_audit_warnings",
      help: "Open assertions on L1 that are false, or true and disputed",
      registers,
      collect() {
        this.set(read()?.warnings.length ?? 0);
      },
    });
    new Gauge({
      name: "solvent_audit_oldest_payable_seconds",
      help: "L1 time at which the oldest unpaid withdrawal can be paid if nobody disputes it; 0 where that is not known",
      registers,
      collect() {
        this.set(read()?.forecast?.oldest?.payableAt ?? 0);
      },
    });
  }
}
